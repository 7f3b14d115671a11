"""What a class takes is read from its file, and is what Python says of the class."""

import inspect

import pytest
from hydra.utils import get_class

from src.lab.taken import taken

CLASSES = [
    "pytorch_lightning.Trainer",
    "pytorch_lightning.callbacks.ModelCheckpoint",
    "torch.optim.SGD",
    "torch.optim.lr_scheduler.OneCycleLR",
    "torch.utils.data.DataLoader",
    "tests.lab.toy.module.Toy",
    "tests.lab.toy.data.ToyData",
]


@pytest.mark.parametrize("name", CLASSES)
def test_arguments_are_those_of_the_class(name: str) -> None:
    assert [*taken(name)] == [*inspect.signature(get_class(name)).parameters]
