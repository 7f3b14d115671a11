"""What the process that a sweep's workers are forked from imports, once for all of them."""

from __future__ import annotations

from ..garbage import keeping

with keeping():
    import torch._dynamo  # which the first optimizer of torch's would import, in each worker

    from .. import train

__all__ = ["torch", "train"]
