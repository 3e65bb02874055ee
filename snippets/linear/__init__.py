"""Code of the pages on linear functions."""
