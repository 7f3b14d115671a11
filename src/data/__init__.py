"""Data as seeded tensors, in memory, on the device."""
