"""Runs in several processes, one a device. Imports no torch."""
