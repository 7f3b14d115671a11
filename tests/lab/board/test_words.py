"""What the terminal says of what is shown."""

from pathlib import Path

import pytest

from src.lab.board import words
from src.lab.board.found import Found, below
from tests.lab.running import run

from .runs import copied


@pytest.fixture(autouse=True)
def from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def lines(folder: str, newest: bool = False, ticked: int = 200, found: Found | None = None) -> list[str]:
    return [*words.shown(found or below([Path(folder)]), [Path(folder)], newest, ticked)]


def test_it_says_how_many_of_what(swept: Path, tmp_path: Path) -> None:
    copied(swept, tmp_path / "outputs")
    assert lines("outputs") == ["4 runs and 2 means over seeds of outputs"]
    run = next(Path("outputs").rglob("result.json")).parent
    assert lines(str(run), newest=True) == [f"1 run of {run}, the newest"]


def test_it_says_what_is_not_ticked(swept: Path, tmp_path: Path) -> None:
    copied(swept, tmp_path / "outputs")
    found = below([Path("outputs")])
    assert "in all tabs but TIME SERIES and HPARAMS, as there are more than 5" in lines("outputs", ticked=5)[1]
    assert len(lines("outputs", ticked=6)) == 1
    many = Found(found.events * 100, found.runs)
    assert "in all tabs, as there are more than 200" in lines("outputs", found=many)[1]


def test_it_says_what_has_nothing_to_show(tmp_path: Path) -> None:
    run(tmp_path / "drawn", "model=toy_shown", "figures=single", "job.swept=true")
    assert lines("drawn")[1:] == ["IMAGES and GRAPHS are not there: what is swept draws nothing, unless figures=always"]
    run(tmp_path / "never", "model=toy_shown", "logger=none")
    assert "not shown: 1 run without event files, which logger=tensorboard writes" in lines(".")
    assert len(lines("drawn")) == 2
    run(tmp_path / "always", "model=toy_shown", "figures=always")
    assert not [line for line in lines(".") if "IMAGES" in line]


def test_it_says_why_there_is_nothing(tmp_path: Path) -> None:
    def said() -> str:
        return words.nothing([Path("outputs")], below([Path("outputs")]).runs)

    Path("outputs").mkdir()
    assert said() == "nothing to show in outputs yet: train something first, with python -m src.train"
    run(tmp_path / "outputs" / "one", "logger=none")
    assert said() == "nothing to show in outputs: 1 run, and no event file, which logger=tensorboard writes"
    (tmp_path / "outputs" / "one" / "result.json").unlink()
    assert said() == "nothing to show in outputs yet: 1 run there, begun a moment ago or broken off"
