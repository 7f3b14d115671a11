"""Many runs: what there is to do, and who does it. Imports no torch."""
