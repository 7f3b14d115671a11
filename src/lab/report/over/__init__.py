"""Groups over several tasks, each and all together. Imports no torch."""
