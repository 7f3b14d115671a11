"""Runs that go on where they were stopped. Imports no torch."""
