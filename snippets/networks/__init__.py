"""Code of the pages on networks."""
