"""The experiments, a folder each: any of them can be taken away."""
