"""An experiment as others write it, unchanged, on the digits of `pairs`."""
