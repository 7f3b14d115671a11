"""MNIST as uint8 tensors: the 20,000 digits in the repository, or all 70,000 from the four files of its authors."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from .fetch import content, fetched, sha256

MNIST20K = Path(__file__).with_name("mnist20k.npz")
MNIST20K_SHA256 = "f5c6cb07d5b802695f034dfc2a14dbbcd7e6e197b3e9eb1a8dce76c0d7bae571"

# SHA-256 of the four files as torchvision lays them out below its root.
RAW_SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


class Digits(NamedTuple):
    """Images `(n, 28, 28)` uint8, 0 is background, and their classes `(n,)` int64, 0 to 9."""

    images: Tensor
    classes: Tensor


class MNIST(NamedTuple):
    """The training part and the test part, as MNIST's authors split them."""

    train: Digits
    test: Digits


def mnist20k(path: Path | str = MNIST20K) -> MNIST:
    """The first 10,000 training digits and all 10,000 test digits; needs no network.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is not the one that was published (SHA-256).
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing: get it back with `git checkout {path.name}`")
    if sha256(path) != MNIST20K_SHA256:
        raise ValueError(f"{path} is damaged (SHA-256 differs): get it back with `git checkout {path.name}`")
    with np.load(path, allow_pickle=False) as arrays:
        train, test = (
            Digits(torch.from_numpy(arrays[f"{part}_images"]), torch.from_numpy(arrays[f"{part}_labels"]).long())
            for part in ("train", "test")
        )
    return MNIST(train, test)


def mnist(root: Path | str, download: bool = False) -> MNIST:
    """All 60,000 + 10,000 digits from `root/MNIST/raw`, where files may be packed as .gz. What is missing or damaged
    there is fetched first if `download`.

    Raises:
        FileNotFoundError: a file is missing and `download` is off.
        ValueError: a file is not what MNIST's authors published (SHA-256).
        OSError: what is missing can't be fetched, or not be written.
    """
    raw = Path(root).expanduser().resolve() / "MNIST" / "raw"
    found = {name: content(raw, name, digest) for name, digest in RAW_SHA256.items()}
    lacking = [name for name, content_ in found.items() if content_ is None]
    if lacking and download:
        found |= fetched(raw, {name: RAW_SHA256[name] for name in lacking})
    elif lacking:
        missing = [name for name in lacking if not (raw / name).is_file() and not (raw / f"{name}.gz").is_file()]
        instead = "add data.download=true, or use the digits in the repository with data=mnist20k"
        if missing:
            raise FileNotFoundError(
                f"MNIST is missing {', '.join(missing)} in {raw}: set data.root (or MINILAB_DATA) to the folder that "
                f"holds MNIST/raw, or {instead}"
            )
        raise ValueError(f"MNIST is damaged: {', '.join(lacking)} in {raw} (SHA-256 differs): {instead}")
    images, labels, test_images, test_labels = found.values()
    return MNIST(_digits(images, labels), _digits(test_images, test_labels))


def _digits(images: bytes | None, labels: bytes | None) -> Digits:
    """Of two files, which have a header of 16 bytes and one of 8."""
    assert images is not None and labels is not None
    pixels, classes = (torch.frombuffer(bytearray(each), dtype=torch.uint8) for each in (images, labels))
    return Digits(pixels[16:].view(-1, 28, 28), classes[8:].long())
