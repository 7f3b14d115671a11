"""What is wrong is said in one line, before anything is trained, with a non-zero exit and no traceback."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Command
from tests.lab.toy import TOY

TRAIN = "src.train"
WRONG = {
    "model=toyy": r"no model=toyy",
    "optimizer=sdg": r"no optimizer=sdg; did you mean sgd",
    "optimizer=rmsprop": r"no optimizer=rmsprop; there are adadelta, adam, adamw, momentum, none, sgd",
    "schedule=null": r"null is no choice: .*schedule=constant",
    "modell=toy": r"no option modell; did you mean model",
    "optimizer.lrr=0.1": r"no option optimizer\.lrr",
    "epoch=3": r"no option epoch; did you mean ",
    "+optimizer.lr=0.1": r"optimizer\.lr is there already: set it without the \+",
    "optimizer.lr=-1": r"optimizer\.lr=-1 .*greater than 0",
    "optimizer.lr=0": r"optimizer\.lr=0 .*greater than 0",
    "optimizer.lr=fast": r"optimizer\.lr=fast .*number",
    "optimizer.lr=nan": r"optimizer\.lr=nan .*finite",
    "optimizer.momentum=1": r"optimizer\.momentum=1 .*less than 1",
    "epochs=0": r"epochs=0 .*greater than 0",
    "epochs=2.5": r"epochs=2\.5 .*integer",
    "threads=0": r"threads=0 .*greater than 0",
    "max_time=soon": r"max_time=soon ",
    "mode=most": r"mode=most .*'min' or 'max'",
    "tested=first": r"tested=first .*'last' or 'best'",
    "tested=best": r"tested=best needs callbacks=best",
    "checkpoint.every=0": r"checkpoint\.every=0 .*greater than 0",
    "seed=null": r"seed=null .*integer",
    "seed=1.5": r"seed=1\.5 .*integer",
    "seed=one": r"seed=one .*integer",
    "seed=-1": r"seed=-1 .*greater than or equal to 0",
    "seed=range(3)": r"seed=range\(3\): several values are a sweep: add -m",
    "model=toy,toy_wide": r"model=toy,toy_wide: several values are a sweep: add -m",
    "lr=0.1": r"no option lr; did you mean optimizer\.lr\?",
    "batch_size=9": r"no option batch_size; did you mean data\.batch_size\?",
    "trainer.gradient_clip_val=1": r"no option trainer\.gradient_clip_val yet: write \+trainer\.gradient_clip_val=…",
    "gradient_clip_val=1": r"no option gradient_clip_val yet: write \+trainer\.gradient_clip_val=…",
    "model=toy model.dropouts=0.5": r"no option model\.dropouts; did you mean model\.dropout",
    "model=toy data.noise=1": r"no option data\.noise",
    "model=toy.yaml": r"model=toy\.yaml: write model=toy, without the suffix",
    "-m model=toy, toy_wide": r"model=toy, toy_wide: write model=toy,toy_wide, without a space",
    "device=cuda": r"no option device: write trainer=gpu or trainer=cpu",
    "wandb=true": r"no option wandb: write logger=wandb",
    "+trainer.precison=16": r"the Trainer takes no precison; did you mean \+trainer\.precision\?",
    "max_epochs=3": r"no option max_epochs: write epochs=…",
    "trainer.max_epochs=3": r"trainer\.max_epochs=3: write epochs=3, which",
    "+callbacks=early_stopping": r"callbacks is chosen already: write callbacks=early_stopping, without the \+",
    "early_stopping": r"error: early_stopping: write callbacks=early_stopping$",
    "-m seed=0,1 tensorboard": r"error: tensorboard: write logger=tensorboard$",
    "optimizer": r"error: optimizer: write optimizer=…$",
    "help": r"error: help: write --help$",
    "logger=null": r"null is no choice: logger=none",
    "toy": r"can't read the argument 'toy': write key=value",
    "resume=/nonexistent": r"no /nonexistent/\.hydra/config\.yaml: is /nonexistent the folder of a run",
    "runs=3": r"runs=3: model=toy is trained alone; take -m 'seed=range\(3\)'",
    "schema=src.lab.nowhere.Config": r"schema=src\.lab\.nowhere\.Config: No module named 'src\.lab\.nowhere'",
    "~model.optimizer": r"nothing uses the optimizer chosen, model=toy makes its own",
}
TOGETHER = {
    "~model.optimizer optimizer=adam": r"nothing uses the optimizer chosen, model=toy makes its own: take ",
    "model=toy_many schedule=onecycle +schedule.total_steps=9": r"nothing uses the schedule chosen, model=toy_many ",
    "callbacks=best monitor=null": r"callbacks=best watches a metric: name it, monitor=… mode=min or mode=max",
    "callbacks=best mode=null": r"callbacks=best watches a metric: name it, monitor=… mode=min or mode=max",
    "callbacks=early_stopping monitor=null": r"callbacks=early_stopping watches a metric: name it",
}


def the_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if line]
    assert line.startswith("error: ")
    assert "Traceback" not in done.stdout
    return line


@pytest.mark.long(keep=12)
@pytest.mark.parametrize("arguments", [*WRONG, *TOGETHER])
def test_a_wrong_argument_is_one_line(arguments: str, here: Command, tmp_path: Path) -> None:
    line = the_line(here(TRAIN, *TOY, *arguments.split(" ")))
    assert re.search((WRONG | TOGETHER)[arguments], line), line
    assert list(tmp_path.rglob("result.json")) == []
    assert list(tmp_path.rglob("checkpoints")) == []


def test_a_wrong_argument_of_a_process_is_one_line(command: Command, tmp_path: Path) -> None:
    line = the_line(command(TRAIN, *TOY, "optimizer.lr=-1"))
    assert re.search(WRONG["optimizer.lr=-1"], line), line
    assert list(tmp_path.rglob("result.json")) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["+optimizer.foo=1"], "foo"),
        (["schedule=onecycle"], "total_steps"),
        (["data.items=many"], "size"),
        (["callbacks=best", "monitor=val/none"], "val/none"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_only_the_run_can_tell_is_one_line_too(arguments: list[str], said: str, here: Command) -> None:
    assert said in the_line(here(TRAIN, *TOY, "epochs=1", *arguments))


@pytest.mark.long
def test_a_gpu_that_is_not_there_is_one_line(command: Command) -> None:
    assert "no GPU" in the_line(command(TRAIN, *TOY, "trainer=gpu", CUDA_VISIBLE_DEVICES=""))


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("arguments", [["optimizer.lr=0"], ["model=toy,toyy"], ["seed=0,x"], ["runs=1,3"]])
def test_a_sweep_with_a_wrong_job_does_not_begin(arguments: list[str], here: Command, tmp_path: Path) -> None:
    the_line(here(TRAIN, *TOY, "hydra.launcher.workers=1", "-m", "seed=range(2)", *arguments))
    assert list(tmp_path.rglob("result.json")) == []


def test_the_full_error_can_be_asked_for(command: Command) -> None:
    done = command(TRAIN, *TOY, "optimizer.lr=-1", HYDRA_FULL_ERROR="1")
    assert done.returncode == 1
    assert "Traceback" in done.stderr


def test_that_no_model_is_chosen_is_one_line(copy: Path) -> None:
    """Where no experiment says what is trained by default."""
    for folder in copy.glob("conf/experiments/*/default"):
        shutil.rmtree(folder)
    done = subprocess.run([sys.executable, "-m", TRAIN], cwd=copy, capture_output=True, text=True)
    assert the_line(done).startswith("error: no model is chosen: say model=…")
    assert [path.name for path in copy.glob("outputs/*")] == [".gitkeep"]


@pytest.mark.parametrize("content", [None, "", "{}", "[1]", '{"schema": 99}'])
def test_report_names_the_file_that_is_no_result(content: str | None, here: Command, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    if content is not None:
        (tmp_path / "run" / "result.json").write_text(content)
    done = here("src.report", "run")
    assert done.returncode == 1
    said = "there is no result.json in run" if content is None else "run/result.json is no result file: "
    assert the_line(done).startswith(f"error: {said}")
