"""The code of the pages: one module a page, plain NumPy."""
