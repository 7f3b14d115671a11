"""A small, complete experiment for a user to make their own. Imports no torch."""
