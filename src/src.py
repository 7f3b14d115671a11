"""In the place of the package of this name where a door is run as a file, `python src/train.py`: Python looks for it in
the folder of that file, and this sends it to the one above.
"""

import sys
from importlib import import_module
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])
del sys.modules[__name__]
import_module(__name__)
