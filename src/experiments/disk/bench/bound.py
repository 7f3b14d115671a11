"""How little 1,000 points allow: the error of a circle fitted by someone who knows that it is one, and of simple rules.

python -m src.experiments.disk.bench.bound

Over the points of seeds 0 to 49, in percent. The circle is a logistic regression on (x, y, x² + y²), fitted by Newton's
method with a slight ridge: a family of three parameters and a scale that holds the truth, which no network is told.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..data import Splits, draw_points

SEEDS, RIDGE = 50, 1e-6


def features(xy: Tensor) -> Tensor:
    """(1, x, y, x² + y²) around the centre of the square."""
    x = xy.double() - 0.5
    return torch.cat((torch.ones_like(x[:, :1]), x, x.square().sum(1, keepdim=True)), 1) * torch.tensor([1, 2, 2, 6])


def circle(splits: Splits, points: Tensor) -> Tensor:
    x, t = features(splits.train.inputs), splits.train.targets[:, 0].double()
    weights = torch.zeros(4, dtype=torch.float64)
    for _ in range(100):
        p = (x @ weights).sigmoid()
        gradient = x.T @ (p - t) / len(t) + RIDGE * weights
        hessian = (x.T * (p * (1 - p))) @ x / len(t) + RIDGE * torch.eye(4)
        step = torch.linalg.solve(hessian, gradient)
        weights -= step / max(1.0, float(step.norm()) / 5)  # separable data: not too far at once
    return (features(points) @ weights > 0).double()


def nearest(splits: Splits, points: Tensor, k: int) -> Tensor:
    """The majority of the k nearest training points."""
    found = [torch.cdist(part, splits.train.inputs).topk(k, largest=False).indices for part in points.split(4000)]
    return (splits.train.targets[torch.cat(found), 0].mean(1) > 0.5).double()


def main() -> None:
    errors: dict[str, list[float]] = {}
    for seed in range(SEEDS):
        splits = draw_points(seed, (1000, 1000, 1000), "zero_one", standardize=False)
        for where, points in (("test", splits.test), ("area", splits.grid)):
            for name, labels in (
                ("circle", circle(splits, points.inputs)),
                ("1 nearest", nearest(splits, points.inputs, 1)),
                ("5 nearest", nearest(splits, points.inputs, 5)),
            ):
                wrong = 100 * (labels != points.targets[:, 0]).double().mean().item()
                errors.setdefault(f"{name}, {where} error", []).append(wrong)
    for name, values in errors.items():
        each = torch.tensor(values)
        print(f"{name:24} {each.mean():.2f} ± {each.std():.2f} %")


if __name__ == "__main__":
    main()
