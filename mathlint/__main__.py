"""`python -m mathlint`."""

import sys

from mathlint.cli import main

sys.exit(main())
