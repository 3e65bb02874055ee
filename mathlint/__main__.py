"""`python -m mathlint`."""

import sys

from mathlint.cli import main

if __name__ == "__main__":  # not when a process that judges pages starts
    sys.exit(main())
