"""A report as a paper has it: a LaTeX table, and a page that stands alone. Imports no torch."""
