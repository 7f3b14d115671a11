"""What is looked at: figures drawn from data, and what puts them into TensorBoard and the run folder."""
