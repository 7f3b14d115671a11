"""What the process that a sweep's workers are forked from imports, once for all of them."""

from __future__ import annotations

import atexit
import os

from ..garbage import keeping

with keeping():
    import torch._dynamo  # which the first optimizer of torch's would import, in each worker

    from .. import train

atexit.register(os._exit, 0)  # a process that only forks has nothing to take apart at its end

__all__ = ["torch", "train"]
