"""The help says all that there is, in the width of the terminal, and cuts nothing."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.lab.cli import usage, wrapped
from src.lab.places import CONF, choices, experiments
from tests.conftest import Command

TRAIN = "src.train"
DOORS = "report", "decide", "tune", "evaluate", "reproduce", "bench", "dashboard", "new"


def words(text: str) -> str:
    return " ".join(text.split())


def test_help_names_every_choice_and_needs_nothing_heavy(command: Command) -> None:
    done = command(TRAIN, "--help", PYTHONPROFILEIMPORTTIME="1", COLUMNS="80")
    assert done.returncode == 0
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert "hydra" in imported
    assert not imported & {"torch", "pytorch_lightning", "torchvision", "polars", "scipy", "matplotlib", "pandas"}
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    listed = dict(re.findall(r"^  ([\w/]+)=  +((?:.|\n {4})+)", done.stdout, re.MULTILINE))
    for path in CONF.rglob("*.yaml"):
        group = usage_group(path)
        if group and not {"hydra", "base", "default"} & set(path.parent.parts):
            assert path.stem in re.split(r",\s+", listed[group].strip()), path
    for option in "seed=0", "epochs=25", "resume=null", "checkpoint.every=5", "gpu.share=1", "note=null":
        assert any(line.split()[:1] == [option] for line in lines), option


def usage_group(path: Path) -> str:
    (root,) = [each for each in [*experiments(), CONF] if path.is_relative_to(each)][:1]
    group = path.parent.relative_to(root).as_posix()
    return "" if group == "." else group


def test_it_fits_on_few_screens_with_the_learning_rate_in_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = usage.text().splitlines()
    assert len(lines) < 80
    (found,) = [i for i, line in enumerate(lines) if line.startswith("  optimizer.lr=")]
    said = words(" ".join(lines[found : found + 2]))
    for path in (CONF / "optimizer").glob("*.yaml"):
        for rate in re.findall(r"^lr: ([\d.]+)$", path.read_text(), re.MULTILINE):
            assert f"{path.stem} {rate}" in said


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_sentences_are_whole_at_any_width(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    told = words(usage.text(["all"]))
    for group in usage.found():
        for name, path in choices(group).items():
            head = [line[2:] for line in path.read_text().splitlines() if line.startswith("# ") and "@pack" not in line]
            assert words(f" {name} {head[0]}") in told
            assert re.search(r"[.:?)]$", usage.comment(path)), f"{path} is described in whole sentences"
    for _, _, said in usage.OPTION.findall((CONF / "config.yaml").read_text()):
        assert words(said) in words(usage.text())


def test_a_group_that_is_asked_for_is_described_with_its_keys(here: Command) -> None:
    done = here(TRAIN, "--help", "optimizer", "model=whatever")
    assert (done.returncode, done.stderr) == (0, "")
    assert "SGD with a memory of the steps before. Keys: optimizer.momentum=0.9." in words(done.stdout)
    assert "Keys: optimizer.lr=1.0," in words(done.stdout), "a default that follows a key of models is that default"
    assert "callbacks=" not in done.stdout
    wrong = here(TRAIN, "optimiser", "-h")
    said = "error: --help optimiser: there is no such group; did you mean optimizer?\n"
    assert (wrong.returncode, wrong.stdout, wrong.stderr) == (1, "", said)


@pytest.mark.parametrize("door", DOORS)
def test_the_help_of_every_command_keeps_to_80_columns(
    door: str, here: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = here(f"src.{door}", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= 80


@given(
    rows=st.lists(st.tuples(st.text("ab=", min_size=1, max_size=60), st.text("abc  ", max_size=200)), min_size=1),
    columns=st.integers(20, 200),
)
def test_no_word_is_lost_or_cut(rows: list[tuple[str, str]], columns: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        shown, width = wrapped.beside(rows), wrapped.width()
    assert words(shown) == words(" ".join(f"{name} {said}" for name, said in rows))
    longest = max(len(word) for row in rows for text in row for word in text.split() or [""])
    assert max(map(len, shown.splitlines())) <= max(width, width - wrapped.WORDS + longest)
