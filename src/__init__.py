"""Train variants of small networks over many seeds, and believe the difference."""

import signal
import sys
from importlib.util import find_spec

if sys.argv[:1] == ["-m"] and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a command that is stopped while it starts ends without a traceback

if find_spec("hydra") is None:
    sys.exit("error: the packages are not here: run `make install`, then `source .venv/bin/activate`")
