"""What is read from the private parts of other packages."""

import pytest
import torch
from torch.optim import lr_scheduler

from src.lab import private

OPTIMIZER = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)


MADE = {
    "total_steps": lambda length: lr_scheduler.OneCycleLR(OPTIMIZER, 0.5, length),
    "T_max": lambda length: lr_scheduler.CosineAnnealingLR(OPTIMIZER, length),
    "total_iters": lambda length: lr_scheduler.LinearLR(OPTIMIZER, total_iters=length),
    "step_size": lambda length: lr_scheduler.StepLR(OPTIMIZER, length),
}


@pytest.mark.parametrize("name", MADE)
def test_a_schedule_that_is_made_for_another_length_differs(name: str) -> None:
    one, other = MADE[name](80), MADE[name](40)
    assert private.differs(one, other.state_dict()) == f"{name}=80, was 40"
    assert private.differs(one, one.state_dict()) is None


def test_how_far_a_schedule_has_come_is_no_difference() -> None:
    schedule = lr_scheduler.StepLR(OPTIMIZER, 3)
    state = schedule.state_dict() | {"last_epoch": 7}
    assert private.differs(schedule, state) is None
    assert private.differs(lr_scheduler.LambdaLR(OPTIMIZER, lambda epoch: 1.0), {"last_epoch": 7}) is None
