"""What is wrong is said in one line, before anything is trained, with a non-zero exit and no traceback."""

import re
from pathlib import Path

import pytest

from tests.conftest import TINY, Command, results_in

WRONG = {
    "model=basicc": r"no model=basicc; did you mean basic",
    "optimizer=rmsprop": r"no optimizer=rmsprop; there are adadelta, adam, adamw, momentum, sgd",
    "schedule=null": r"null is no choice: schedule=constant ",
    "modell=basic": r"no option modell; did you mean model",
    "optimizer.lrr=0.1": r"no option optimizer\.lrr; did you mean optimizer\.lr",
    "+optimizer.lr=0.1": r"optimizer\.lr is there already: set it without the \+",
    "optimizer.lr=-1": r"optimizer\.lr=-1 .*greater than 0",
    "optimizer.lr=fast": r"optimizer\.lr=fast .*number",
    "optimizer.lr=nan": r"optimizer\.lr=nan .*finite",
    "epochs=0": r"epochs=0 .*greater than 0",
    "epochs=2.5": r"epochs=2\.5 .*integer",
    "threads=0": r"threads=0 .*greater than 0",
    "data.batch_size=0": r"data\.batch_size=0 .*greater than 0",
    "data.train_pairs=0": r"data\.train_pairs=0 .*greater than 0",
    "model.dropout=1.5": r"model\.dropout=1\.5 .*less than 1",
    "max_time=soon": r"max_time=soon ",
    "tested=first": r"tested=first .*'last' or 'best'",
    "tested=best": r"tested=best needs callbacks=best",
    "checkpoint.every=0": r"checkpoint\.every=0 .*greater than 0",
    "seed=null": r"seed=null .*integer",
    "seed=1.5": r"seed=1\.5 .*integer",
    "seed=one": r"seed=one .*integer",
    "seed=-1": r"seed=-1 .*greater than or equal to 0",
    "seed=range(3)": r"multirun",
    "basic": r"can't read the argument 'basic': write key=value",
    "resume=/nonexistent": r"no /nonexistent/checkpoints/last\.ckpt",
}


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


@pytest.mark.parametrize("argument", WRONG)
def test_a_wrong_argument_is_one_line(argument: str, command: Command, tmp_path: Path) -> None:
    done = command("src.train", *TINY[1:], argument)
    assert done.returncode == 1
    (line,) = lines(done.stderr)
    assert line.startswith("error: ")
    assert re.search(WRONG[argument], line), line
    assert results_in(tmp_path) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["data.train_pairs=6000"], "14000 images, there are 10000"),
        (["data.test_pairs=5001"], "10002 images, there are 10000"),
        (["trainer=gpu"], "no GPU"),
        (["data=mnist", "data.root=/nonexistent"], "/nonexistent/MNIST/raw"),
        (["+optimizer.foo=1"], "foo"),
        (["schedule=onecycle", "data.batch_size=250"], "4 steps are too few for the schedule: more epochs"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_only_the_data_or_the_machine_can_tell_is_one_line_too(
    arguments: list[str], said: str, command: Command
) -> None:
    done = command("src.train", "epochs=1", *arguments, CUDA_VISIBLE_DEVICES="")
    assert done.returncode == 1
    (line,) = lines(done.stderr)
    assert line.startswith("error: ")
    assert said in line


@pytest.mark.parametrize("arguments", [["optimizer.lr=0"], ["model=basic,basicc"], ["seed=0,x"]])
def test_a_sweep_with_a_wrong_job_does_not_begin(arguments: list[str], command: Command, tmp_path: Path) -> None:
    done = command("src.train", *TINY, "-m", "seed=range(2)", *arguments)
    assert done.returncode == 1
    (line,) = lines(done.stderr)
    assert line.startswith("error: ")
    assert results_in(tmp_path) == []


def test_the_full_error_can_be_asked_for(command: Command) -> None:
    done = command("src.train", "optimizer.lr=-1", HYDRA_FULL_ERROR="1")
    assert done.returncode == 1
    assert "Traceback" in done.stderr


@pytest.mark.parametrize("content", [None, "", "{}", "[1]", '{"schema": 99}'])
def test_report_names_the_file_that_is_no_result(content: str | None, command: Command, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    if content is not None:
        (tmp_path / "run" / "result.json").write_text(content)
    done = command("src.report", "run")
    assert done.returncode == 1
    (line,) = lines(done.stderr)
    assert line.startswith("error: ")
    assert "run" in line
