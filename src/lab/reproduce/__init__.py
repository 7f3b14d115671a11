"""What others report of an experiment, trained again and shown beside it. Imports no torch."""
