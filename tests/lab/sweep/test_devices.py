"""Which GPUs the workers of a sweep see; the machine of these tests pretends to have some."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import DictConfig, OmegaConf
from pytorch_lightning import Callback, LightningModule, Trainer

from src.lab.sweep import devices
from tests.conftest import Command, results_in
from tests.gpu import DEVICES
from tests.lab.toy import TOY

TWO = "GPU 0: NVIDIA H100 (UUID: GPU-a)\nGPU 1: NVIDIA H100 (UUID: GPU-b)\n"
SPLIT = (
    "GPU 0: NVIDIA A100 (UUID: GPU-a)\n"
    "  MIG 3g.20gb     Device  0: (UUID: MIG-a1)\n"
    "  MIG 3g.20gb     Device  1: (UUID: MIG-a2)\n"
    "GPU 1: NVIDIA A100 (UUID: GPU-b)\n"
)
SEES = "+callbacks.sees={_target_: tests.lab.sweep.test_devices.Sees, file: '${job.folder}/sees.json'}"


class Sees(Callback):
    """Writes down what `CUDA_VISIBLE_DEVICES` says in a run's process, and which process that is."""

    def __init__(self, file: str) -> None:
        self.file = Path(file)

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.file.write_text(json.dumps([os.environ.get("CUDA_VISIBLE_DEVICES"), os.getpid()]))


def machine(monkeypatch: pytest.MonkeyPatch, folder: Path, listing: str, status: int = 0) -> None:
    """This one, with an `nvidia-smi` that lists these GPUs."""
    folder.mkdir()
    (folder / "listing").write_text(listing)
    (folder / "nvidia-smi").write_text(f'#!/bin/sh\n[ "$1" = -L ] && cat "{folder}/listing"\nexit {status}\n')
    (folder / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(folder), os.environ["PATH"]]))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def job(accelerator: str = "auto", gpus: object = 1, share: int = 1) -> DictConfig:
    return OmegaConf.create({"trainer": {"accelerator": accelerator, "devices": gpus}, "gpu": {"share": share}})


@pytest.mark.parametrize(
    ("cores", "gpus", "share", "each", "expected"),
    [
        (8, "a", 1, 1, "a"),
        (8, "a", 4, 1, "a a a a"),
        (8, "a b", 1, 1, "a b"),
        (8, "a b", 2, 1, "a b a b"),
        (3, "a b", 2, 1, "a b a"),
        (1, "a b c d", 4, 1, "a"),
        (16, "a b c d", 2, 1, "a b c d a b c d"),
        (8, "a b c d", 1, 2, "a,b c,d"),
        (8, "a b c d e", 2, 2, "a,b c,d a,b c,d"),
        (8, "a b", 2, 4, "a,b a,b"),  # it asks for more than there are, and says so itself
    ],
)
def test_cores_gpus_and_share_say_who_works_where(cores: int, gpus: str, share: int, each: int, expected: str) -> None:
    assert devices.slots(cores, gpus.split(), share, each) == expected.split()


@given(cores=st.integers(1, 40), gpus=st.integers(1, 9), share=st.integers(1, 9), each=st.integers(1, 9))
def test_no_gpu_has_more_than_its_share_and_none_two_more_than_another(
    cores: int, gpus: int, share: int, each: int
) -> None:
    teams = [slot.split(",") for slot in devices.slots(cores, [f"GPU-{i}" for i in range(gpus)], share, each)]
    whole = max(1, gpus // each)
    assert len(teams) == min(cores, share * whole)
    on = Counter(gpu for team in teams for gpu in team)
    assert max(on.values()) - min(on.values()) <= 1 and max(on.values()) <= share
    assert len(on) == min(gpus, each * min(cores, whole))
    assert {len(team) for team in teams} == {min(gpus, each)} and all(len(set(team)) == len(team) for team in teams)


@pytest.mark.parametrize(
    ("chosen", "expected"), [(None, ["GPU-a", "GPU-b"]), ("1", ["1"]), ("1, 0", ["1", "0"]), ("", []), ("-1", [])]
)
def test_what_the_environment_leaves_of_the_gpus_is_used(
    chosen: str | None, expected: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine(monkeypatch, tmp_path / "bin", TWO)
    if chosen is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", chosen)
    assert devices.gpus() == expected


def test_a_gpu_that_is_split_is_named_by_its_parts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine(monkeypatch, tmp_path / "bin", SPLIT)
    assert devices.gpus() == ["MIG-a1", "MIG-a2", "GPU-b"]


def test_a_driver_that_does_not_answer_means_no_gpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine(monkeypatch, tmp_path / "bin", "NVIDIA-SMI has failed\n", status=9)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    assert devices.gpus() == []
    assert devices.visible([job()], 3) == [None] * 3


@pytest.mark.parametrize(
    ("jobs", "expected"),
    [
        ([job("cpu")], [None] * 8),
        ([job("cpu", gpus=3), job("cpu")], [None] * 2),
        ([job("gpu", gpus=[1])], [None] * 8),
        ([job("gpu", gpus="0,1")], [None] * 8),
        ([job("gpu", gpus=2, share=9)], ["GPU-a,GPU-b"] * 4),
        ([job()], ["GPU-a", "GPU-b"]),
        ([job("cuda", share=2)], ["GPU-a", "GPU-b", "GPU-a", "GPU-b"]),
        ([job("gpu", gpus=2)], ["GPU-a,GPU-b"]),
        ([job("gpu", gpus=-1, share=2), job("gpu", share=3)], ["GPU-a,GPU-b"] * 2),
        ([job("auto", gpus="auto")], ["GPU-a,GPU-b"]),
        ([job("cpu", gpus=4), job()], ["GPU-a", "GPU-b"]),
        ([job("cpu", gpus=8), job()], ["GPU-a"]),
    ],
)
def test_the_jobs_say_whether_and_how_many_gpus_are_handed_out(
    jobs: list[DictConfig], expected: list[str | None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine(monkeypatch, tmp_path / "bin", TWO)
    assert devices.visible(jobs, 8) == expected


@pytest.mark.long(keep=1)
@pytest.mark.parametrize(("trainer", "share", "workers"), [("auto", 1, 2), ("auto", 2, 4), ("cpu", 1, 5)])
def test_each_run_of_a_sweep_sees_its_own_gpu(
    trainer: str, share: int, workers: int, command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine(monkeypatch, tmp_path / "bin", TWO)
    done = command(
        "src.train", *TOY, f"trainer={trainer}", f"gpu.share={share}", SEES, "epochs=1", "hydra.sweep.dir=sweep",
        "hydra.launcher.workers=5", "-m", "seed=range(6)",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = [json.loads(path.read_text()) for path in (tmp_path / "sweep").glob("*/sees.json")]
    assert len(seen) == 6
    of_process = {process: gpu for gpu, process in seen}
    assert all(of_process[process] == gpu for gpu, process in seen)
    expected = Counter({None: workers} if trainer == "cpu" else {"GPU-a": share, "GPU-b": share})
    assert Counter(of_process.values()) == expected


@pytest.mark.long
@pytest.mark.parametrize("share", [1, 2, 4])
@pytest.mark.parametrize("device", DEVICES)
def test_ten_seeds_take_turns_on_a_device(device: str, share: int, command: Command, tmp_path: Path) -> None:
    arguments = [*TOY, f"trainer={device}", f"gpu.share={share}", "hydra.sweep.dir=sweep", "-m", "seed=range(10)"]
    start = time.perf_counter()
    done = command("src.train", *arguments, SEES)
    assert done.returncode == 0, done.stderr
    print(f"ten seeds on a {device}, {share} at a time: {time.perf_counter() - start:.1f} s")
    assert {result["device"] for result in results_in(tmp_path)} == {"cuda" if device == "gpu" else "cpu"}
    seen = [json.loads(path.read_text()) for path in (tmp_path / "sweep").glob("*/sees.json")]
    on = Counter(gpu for gpu, _ in {(gpu, process) for gpu, process in seen})
    assert len(seen) == 10 and (device == "cpu" or max(on.values()) <= share)
