"""Train variants of small networks over many seeds, and believe the difference."""
