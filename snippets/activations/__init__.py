"""Code of the pages on activation functions."""
