"""What is kept of the course of training, and what is made of it."""

import numpy as np
import pytest
import torch

from src.experiments.disk.history import History


def history(*errors: tuple[int, list[float]]) -> History:
    found = History(every=10)
    for epochs, each in errors:
        found.add(epochs, {"val/loss": torch.ones(len(each)), "val/error": torch.tensor(each)})
    return found


def test_saturation_is_the_first_epoch_half_a_point_from_the_best() -> None:
    found = history((10, [9.0, 3.0]), (20, [2.4, 3.0]), (30, [2.0, 3.1]), (40, [2.6, 2.9]))
    assert found.saturation().tolist() == [20, 10]


def test_where_a_run_was_stopped_leaves_no_trace() -> None:
    found = history((10, [9.0]), (15, [1.0]), (20, [5.0]))  # epochs=15 ended there
    assert list(found.figures["val/error"]) == [10, 20]


def test_what_is_saved_comes_back() -> None:
    found, again = history((10, [9.0, 3.0]), (20, [2.4, 3.0])), History(every=10)
    again.load_state_dict(found.state_dict())
    epochs, mean, std = again.curve("val/error")
    assert epochs == [10, 20]
    assert mean.tolist() == pytest.approx([6.0, 2.7])
    assert std.tolist() == pytest.approx(np.std([[9.0, 3.0], [2.4, 3.0]], axis=1, ddof=1))
    assert again.saturation().equal(found.saturation())
