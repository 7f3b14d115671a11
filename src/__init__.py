"""Train variants of small networks over many seeds, and believe the difference."""

import sys
from importlib.util import find_spec

if find_spec("hydra") is None:
    sys.exit("error: the packages are not here: run `make install`, then `source .venv/bin/activate`")
