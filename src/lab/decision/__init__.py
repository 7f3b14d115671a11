"""As many seeds as it takes to tell groups apart, looked at in stages. Imports no torch."""
