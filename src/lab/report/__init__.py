"""Tables and figures over result files, and what the differences are worth. Imports no torch."""
