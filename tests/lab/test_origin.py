"""What a run is trained on, by its name."""

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from src.lab.origin import used
from src.lab.records.environment import cpu


def trainer(kind: str, processes: int = 1) -> Any:
    return SimpleNamespace(strategy=SimpleNamespace(root_device=torch.device(kind)), world_size=processes)


def test_a_cpu_is_named_with_the_instructions_that_torch_uses() -> None:
    instructions = torch.backends.cpu.get_cpu_capability()
    assert used(trainer("cpu")) == {"device": "cpu", "processor": f"{cpu()}, {instructions}"}
    assert used(trainer("mps")) == {"device": "mps", "processor": cpu()}


def test_a_gpu_is_named_by_its_model_and_several_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"Model {device.index}")
    assert used(trainer("cuda:1")) == {"device": "cuda", "processor": "Model 1"}
    assert used(trainer("cuda:0", 4)) == {"device": "cuda", "processor": "Model 0 × 4"}
