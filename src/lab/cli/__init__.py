"""How the commands read their arguments, and how they say what is wrong."""
