import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torchvision.datasets import MNIST as TorchvisionMNIST

from src.experiments.pairs import mnist
from src.experiments.pairs.build_mnist20k import build
from src.experiments.pairs.fetch import sha256


def test_mnist20k_holds_the_original_bytes_and_labels(mnist_root: Path) -> None:
    ours = mnist.mnist20k()
    raw = mnist_root / "MNIST" / "raw"
    for part, name, count in (ours.train, "train", 10_000), (ours.test, "t10k", 10_000):
        images = np.fromfile(raw / f"{name}-images-idx3-ubyte", np.uint8, offset=16).reshape(-1, 28, 28)[:count]
        labels = np.fromfile(raw / f"{name}-labels-idx1-ubyte", np.uint8, offset=8)[:count]
        assert np.array_equal(part.images.numpy(), images)
        assert np.array_equal(part.classes.numpy(), labels)


def test_full_mnist_is_what_torchvision_reads(mnist_root: Path) -> None:
    ours = mnist.mnist(mnist_root)
    for part, train in (ours.train, True), (ours.test, False):
        theirs = TorchvisionMNIST(str(mnist_root), train=train)
        assert torch.equal(part.images, theirs.data)
        assert torch.equal(part.classes, theirs.targets)


def test_the_script_builds_the_same_digits_again(mnist_root: Path, tmp_path: Path) -> None:
    build(mnist_root, tmp_path / "again.npz")
    with np.load(tmp_path / "again.npz") as again, np.load(mnist.MNIST20K) as ours:
        assert set(again) == set(ours)
        assert all(np.array_equal(again[name], ours[name]) for name in ours)


def test_classes_are_near_a_tenth_each() -> None:
    for part in mnist.mnist20k():
        shares = part.classes.bincount(minlength=10) / len(part.classes)
        assert len(shares) == 10
        assert ((shares > 0.08) & (shares < 0.12)).all()


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    damaged = tmp_path / "mnist20k.npz"
    content = bytearray(mnist.MNIST20K.read_bytes())
    content[1_000_000] ^= 1
    damaged.write_bytes(content)
    with pytest.raises(ValueError, match="damaged"):
        mnist.mnist20k(damaged)


class Payload:
    """A pickle that makes a folder where it is loaded."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.place),)


def test_digits_are_read_as_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where the SHA-256 is right."""
    planted = tmp_path / "mnist20k.npz"
    np.savez(planted, train_images=np.array([Payload(tmp_path / "ran")], dtype=object))
    monkeypatch.setattr(mnist, "MNIST20K_SHA256", sha256(planted))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        mnist.mnist20k(planted)
    assert not (tmp_path / "ran").exists()
    with np.load(planted, allow_pickle=True) as arrays:
        assert arrays["train_images"] is not None
    assert (tmp_path / "ran").exists(), "it is one that would have run"


def test_a_missing_file_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="git checkout"):
        mnist.mnist20k("/nonexistent/mnist20k.npz")


def test_missing_mnist_says_which_files_and_where(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"train-images-idx3-ubyte.*MNIST/raw.*data\.root.*data\.download=true"):
        mnist.mnist(tmp_path)


def test_damaged_mnist_says_which_file(mnist_root: Path, tmp_path: Path) -> None:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in mnist.RAW_SHA256:
        (raw / name).symlink_to((mnist_root / "MNIST" / "raw" / name).resolve())
    labels = raw / "t10k-labels-idx1-ubyte"
    content = labels.read_bytes()
    labels.unlink()
    labels.write_bytes(content[:-1])
    with pytest.raises(ValueError, match="damaged: t10k-labels-idx1-ubyte in"):
        mnist.mnist(tmp_path)
