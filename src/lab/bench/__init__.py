"""The engine's and the experiments' speed, each beside what its users would write without them."""
