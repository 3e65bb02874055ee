"""Reads the mathematics of Markdown pages and judges every line of it."""
