"""What the process that a sweep's workers are forked from imports, once for all of them."""

from __future__ import annotations

from ..imports import importing

with importing():
    import torch._dynamo  # which the first optimizer of torch's would import, in each worker

    from .. import train

__all__ = ["torch", "train"]
