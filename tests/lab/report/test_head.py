"""A report of more groups than one can look through: all in its files, the best on the terminal and on the page."""

import random
import re
from pathlib import Path

import polars as pl
import pytest

from src.lab.records.runs import load
from src.lab.report.head import MOST, head
from src.lab.report.report import Report
from tests.lab.records.written import write

GROUPS = MOST + 7
COMPARED = re.compile(" (?:beats|is ahead of) ")
SAID = f"the best {MOST} of {GROUPS} groups; `--out` writes a summary.csv with all of them"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder, chance = tmp_path_factory.mktemp("many"), random.Random(0)
    for rate in range(GROUPS):
        for seed in range(3):
            write(folder, "plain", seed, rate + chance.gauss(0, 1), group={"optimizer.lr": str(rate)})
    return Report(load([folder]), baseline=f"optimizer.lr={GROUPS - 1}")


def test_the_first_groups_keep_the_figures_that_they_have_among_all(report: Report) -> None:
    shown = head(report)
    assert shown.summary.rows() == [*report.summary.rows()[:MOST], report.summary.row(-1)], "and the baseline"
    assert shown.differences.rows() == report.differences.rows()[:MOST]
    assert len(shown.runs) == 3 * (MOST + 1)
    assert head(shown).others == shown.others == GROUPS - MOST - 1
    assert SAID in shown.sentences()
    assert not report.others, "nothing is left out of the report itself"


def test_a_terminal_shows_the_best_and_a_pipe_gets_all(
    report: Report, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    report.show()
    whole = capsys.readouterr().out
    assert "groups; `--out`" not in whole
    assert len(COMPARED.findall(whole)) >= GROUPS - 1
    monkeypatch.setenv("FORCE_COLOR", "1")  # a terminal
    report.show()
    shown = capsys.readouterr().out
    assert SAID in shown
    assert len(COMPARED.findall(shown)) <= MOST


def test_files_hold_all_and_the_page_the_best(report: Report, tmp_path: Path) -> None:
    report.write(tmp_path)
    assert len(pl.read_csv(tmp_path / "summary.csv")) == GROUPS
    page = (tmp_path / "summary.html").read_text()
    assert f"{3 * GROUPS} runs in {GROUPS} groups" in page
    assert SAID in page.replace("&#34;", '"')
    assert page.count('<td data-name="group">') == MOST + 1
