"""What is asked for by which names, and whose figure a row is."""

from __future__ import annotations

from pathlib import Path

import pytest

from src.lab.records import reported
from src.lab.reproduce import reproduce
from src.lab.reproduce.asked import Wanted, chosen, command, members

from .made import job

FILE = """
a: {title: Two, parts: [{sweep: s}]}
extra: {by_name: true, parts: [{rows: {net: {test/acc: 1}, net width=4: {test/acc: 2}, other: {test/acc: 1}}}]}
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two experiments of which something is reported."""
    for experiment in "first", "second":
        (tmp_path / experiment).mkdir()
        (tmp_path / experiment / "reported.yaml").write_text(FILE.replace("Two", f"By {experiment}"))
    monkeypatch.setattr(reported, "EXPERIMENTS", tmp_path)
    reported.sources.cache_clear()
    yield None
    monkeypatch.undo()
    reported.sources.cache_clear()


def names(*given: str) -> list[tuple[str, str]]:
    return [(experiment, name) for experiment, name, _ in chosen(given)]


@pytest.mark.usefixtures("files")
def test_names_are_of_reports_or_of_experiments() -> None:
    assert names() == [("first", "a"), ("second", "a")], "what wants to be named is left out"
    assert names("second") == [("second", "a"), ("second", "extra")]
    assert names("extra") == [("first", "extra"), ("second", "extra")]
    with pytest.raises(ValueError, match=r"^nobody is known to report third: there are a, extra, first, second$"):
        names("a", "third")


def test_where_nothing_is_reported_it_is_said_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reported, "EXPERIMENTS", tmp_path)
    reported.sources.cache_clear()
    try:
        with pytest.raises(ValueError, match=r"write src/experiments/…/reported\.yaml"):
            names()
    finally:
        monkeypatch.undo()
        reported.sources.cache_clear()


@pytest.mark.usefixtures("files")
def test_a_part_names_the_command_that_trains_it() -> None:
    (_, _, a), (_, _, extra) = chosen(["first"])
    assert command(a.parts[0]) == "python -m src.train sweep=s"
    assert command(extra.parts[0]) == "python -m src.train -m model=net,other 'seed=range(10)'"


def test_a_row_is_of_the_jobs_that_were_told_what_it_says(tmp_path: Path) -> None:
    jobs = [job(tmp_path, seed, {"test/miss": 1.0}, f"lr={lr}") for lr in ("0.1", "1e-2") for seed in (0, 1)]
    assert members("net", jobs) == jobs
    assert members("net lr=0.01", jobs) == jobs[2:], "a number is the same however it is spelt"
    assert members("other", jobs) == members("net lr=1", jobs) == members("net width=4", jobs) == []


@pytest.mark.parametrize(
    ("wanted", "folder"),
    [
        (Wanted(Path()), ""),
        (Wanted(Path(), quick=True), "quick"),
        (Wanted(Path(), quick=True, seeds=5), "quick_seeds5"),
        (Wanted(Path(), overrides=["hydra.launcher.workers=1", "hydra/launcher=cores"]), ""),
    ],
)
def test_what_is_asked_for_otherwise_has_a_page_of_its_own(wanted: Wanted, folder: str) -> None:
    assert reproduce.variant(wanted) == folder


def test_other_settings_make_another_page_whatever_their_order() -> None:
    first, second, third = (
        reproduce.variant(Wanted(Path(), overrides=each)) for each in (["a=1", "b=2"], ["b=2", "a=1"], ["a=1"])
    )
    assert first == second != third != ""
