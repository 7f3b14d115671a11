"""Where the spread of a metric comes from. Imports no torch."""
