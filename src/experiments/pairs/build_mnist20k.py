"""Builds mnist20k.npz from the four MNIST files.

python -m src.experiments.pairs.build_mnist20k <folder with MNIST/raw>
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from src.experiments.pairs.fetch import sha256
from src.experiments.pairs.mnist import MNIST20K, MNIST20K_SHA256, mnist

TRAIN_DIGITS = 10_000


def build(root: Path | str, target: Path) -> None:
    """Writes the first 10,000 training digits and all test digits; the same bytes each time."""
    full = mnist(root)
    np.savez_compressed(
        target,
        train_images=full.train.images[:TRAIN_DIGITS].numpy(),
        train_labels=full.train.classes[:TRAIN_DIGITS].numpy().astype(np.uint8),
        test_images=full.test.images.numpy(),
        test_labels=full.test.classes.numpy().astype(np.uint8),
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    build(sys.argv[1], MNIST20K)
    digest = sha256(MNIST20K)
    print(f"{MNIST20K}: {MNIST20K.stat().st_size:,} bytes, SHA-256 {digest}")
    if digest != MNIST20K_SHA256:
        print("This differs from MNIST20K_SHA256 in mnist.py (another zlib compresses to other bytes).")
