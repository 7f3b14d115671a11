"""The area error of classifiers whose areas are known."""

import math
from pathlib import Path

import pytest
import torch
from torch import Tensor

from src.experiments.disk.area import area_error
from src.experiments.disk.data import CELLS, draw_points
from src.experiments.disk.schema import RADIUS, Targets
from src.lab.config import compose
from src.lab.train import run
from src.minidl import Module


class Rule(Module):
    """Not learnt: `inside` of points `(…, 2)` as what a network with such targets puts out."""

    def __init__(self, radius: float, targets: Targets) -> None:
        super().__init__()
        self.radius, self.targets = radius, targets

    def forward(self, x: Tensor) -> Tensor:
        inside = ((x - 0.5).norm(dim=-1, keepdim=True) < self.radius).to(x.dtype)
        return torch.cat((1 - inside, inside), -1) if self.targets == "one_hot" else inside


def area(rule: Rule) -> float:
    grid = draw_points(0, (2, 1, 1), rule.targets, standardize=False).grid
    return area_error(rule, grid, 0.5).item()  # type: ignore[arg-type]


@pytest.mark.parametrize("targets", ["one_hot", "zero_one"])
def test_a_perfect_a_constant_and_an_inverted_classifier(targets: Targets) -> None:
    assert area(Rule(RADIUS, targets)) < 0.01
    half = 100 * 2 * math.pi * RADIUS / CELLS**1.5  # what a boundary through so many cells can be wrong by
    assert area(Rule(0.0, targets)) == pytest.approx(50, abs=half)
    assert area(Rule(9.0, targets)) == pytest.approx(50, abs=half)
    rule = Rule(RADIUS, targets)
    flipped = rule.forward
    rule.forward = lambda x: 1 - flipped(x)  # type: ignore[method-assign]
    assert area(rule) > 99.99


@pytest.mark.parametrize("radius", [0.35, 0.395, 0.405, 0.45])
def test_another_disk_errs_by_the_ring_between_the_two(radius: float) -> None:
    ring = 100 * math.pi * abs(radius**2 - RADIUS**2)
    assert area(Rule(radius, "zero_one")) == pytest.approx(ring, abs=0.06)


def test_each_network_has_its_own(tmp_path: Path) -> None:
    points = ["data.train_points=300", "data.val_points=20", "data.test_points=20000", "epochs=40", "trainer=cpu"]
    cfg = compose("model=disk_best", "runs=3", *points)
    cfg.job.folder = str(tmp_path)
    result = run(cfg)
    for each in result["runs"]:
        # 20,000 test points estimate the same area, with a standard error of about 0.15 points
        assert each["metrics"]["test/area_error"] == pytest.approx(each["metrics"]["test/error"], abs=0.8)
    assert len({each["metrics"]["test/area_error"] for each in result["runs"]}) == 3
