"""A digit classifier as a usual template has it, on the digits of `pairs`, with everything tried on it."""

from pathlib import Path

import pytest

from tests.lab.ported.case import Case
from tests.lab.ported.doors import Doors
from tests.lab.ported.matrix import Matrix

DIGITS = Case(
    model="digits",
    swept=("model.net.hidden", "16", "32"),
    objective="test/acc",
    better="higher",
    heading="acc",
    monitor="val/acc",
    mode="max",
    other="test/loss",
    other_better=None,
    curves=("train/loss", "val/acc", "val/acc_best"),
    kept={"scheduler"},
    conf=Path(__file__).parent / "conf",
)


@pytest.fixture(scope="class")
def case() -> Case:
    return DIGITS


class TestDigits(Matrix):
    pass


@pytest.mark.long
class TestDigitsThroughTheCommands(Doors):
    pass
