"""A sweep past this machine: dask carries its jobs, and this project's own processes run them. Imports no torch."""
