"""Code of the pages on cost functions."""
