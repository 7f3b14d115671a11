"""What is kept of runs: folders, result files, and what they hold, as a data frame. Imports no torch."""
