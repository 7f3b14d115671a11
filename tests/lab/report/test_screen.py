"""Tables on screens of every width, as a terminal shows them: no figure is cut, and what is left out is said."""

import re
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from src.lab.report import compare, screen, tables

from .test_compare import LOWER, METRIC, frame

LABELS = [
    "plain",
    "deep_and_wide callbacks=early_stopping data.size=2000 model.dropout=0.2",
    "k=" + "x" * 90,
    "größe=漢字",
]
HEADINGS, *ROWS = tables.summary_cells(
    compare.summary(frame(**{label: [11.25, 13.5, 12.0] for label in LABELS}), METRIC, LOWER), METRIC, {METRIC: LOWER}
)


Shown = Callable[[tables.Cells, int | None], list[str]]


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shown:
    """The lines on a terminal of so many columns, or through a pipe."""

    def show(cells: tables.Cells, columns: int | None) -> list[str]:
        monkeypatch.delenv("FORCE_COLOR", raising=False)
        if columns:
            monkeypatch.setenv("FORCE_COLOR", "1")  # a terminal
            monkeypatch.setenv("COLUMNS", str(columns))
        capsys.readouterr()
        screen.show(cells)
        return re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out).splitlines()

    return show


def left_out(lines: list[str]) -> list[str]:
    """The headings that are said to be left out."""
    said = re.search(r"left out \((.*)\): a wider terminal or `\| less -S` shows all$", " ".join(lines))
    return said[1].split(", ") if said else []


@pytest.mark.parametrize("columns", [*range(35, 130, 5), 200, 400])
def test_a_narrow_screen_shows_group_n_and_figure_whole(columns: int, shown: Shown) -> None:
    lines = shown([HEADINGS, *ROWS], columns)
    assert max(map(cell_len, lines)) <= columns
    end = next((i for i, line in enumerate(lines) if "left out" in line), None)
    table = lines[:end]
    assert sum(bool(re.search(r" 3 +12\.25 ± 1\.15\b", line)) for line in table) == len(LABELS)
    assert not [line for line in lines if "…" in line]
    letters = "".join("".join(line[: line.find("  ", 2)] for line in table).split())
    for label in LABELS:
        assert "".join(label.split()) in letters, "a label is folded, not cut"
    for name in {*HEADINGS} - {*left_out(lines)}:
        figure = ROWS[0][HEADINGS.index(name)]
        assert name == "group" or sum(figure in line for line in table) >= len(LABELS)
    assert bool(left_out(lines)) == (columns < 130)


def test_the_least_important_columns_go_first(shown: Shown) -> None:
    def left(cells: tables.Cells, columns: int) -> list[str]:
        return left_out(shown(cells, columns))

    assert left([HEADINGS, *ROWS], 120) == ["std 95 %"]
    assert left([HEADINGS, *ROWS], 110) == ["std 95 %", "worst (seed)"]
    assert left([HEADINGS, *ROWS], 75) == ["std 95 %", "median", "best (seed)", "worst (seed)", "seconds"]
    assert left([HEADINGS, *ROWS], 42) == HEADINGS[3:]
    runs = frame(a=[1.0, 2.5, 3.0], b=[4.0, 5.0, 7.5])
    cells = tables.difference_cells(compare.differences(runs, "a", METRIC, LOWER), "a", METRIC, LOWER)
    assert left(cells, 92) == ["effect size", "seeds needed"]
    assert left(cells, 66) == ["P(better)", "effect size", "seeds needed"]
    assert left(cells, 60) == ["p (Wilcoxon)", "P(better)", "effect size", "seeds needed"]
    assert left(cells, 44) == ["p (t)", "p (Wilcoxon)", "P(better)", "effect size", "seeds needed"]


@pytest.mark.parametrize("columns", [30, 80, None])
def test_a_sentence_ends_its_lines_between_words_and_is_whole(
    columns: int | None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence = "ws_aux-bn is ahead of basic by 0.10 ± 0.46 points: not distinguishable; python -m src.report"
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    if columns:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("COLUMNS", str(columns))
    screen.say(sentence)
    lines = capsys.readouterr().out.splitlines()
    assert " ".join(lines) == sentence
    assert max(map(len, lines)) <= (columns or len(sentence)) and (len(lines) > 1) == bool(columns)


def test_a_pipe_gets_all_columns_a_line_a_row(shown: Shown) -> None:
    lines = shown([HEADINGS, *ROWS], None)
    for row in ROWS:
        (line,) = (line for line in lines if line.startswith(f"  {row[0]} "))
        assert re.split(r" {2,}", line.strip()) == row
    assert not [line for line in lines if "left out" in line]


@given(label=st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=60))
def test_whatever_stands_in_a_label_is_shown_as_it_is(label: str) -> None:
    with redirect_stdout(StringIO()) as out:
        screen.show([["group", "n"], [f"a{label}[/x] [bold]b[/bold] :smile: $x$", "3"]])
    assert f"a{tables.printable(label)}[/x] [bold]b[/bold] :smile: $x$" in out.getvalue()


def test_control_characters_do_not_reach_the_terminal(shown: Shown) -> None:
    lines = shown([["group", "n"], ["a\x1b[2Jb\nc", "3"]], None)
    assert r"a\x1b[2Jb\nc" in lines[3]


@given(
    st.integers(1, 4).flatmap(
        lambda columns: st.lists(
            st.lists(st.text("a1 –é漢", max_size=6).map(str.strip), min_size=columns, max_size=columns), min_size=1
        )
    )
)
def test_a_pipe_gets_what_rich_would_draw(cells: tables.Cells) -> None:
    columns = screen.widths(cells)
    drawn = StringIO()
    table = Table(box=box.SIMPLE_HEAD)
    for i, (name, width) in enumerate(zip(cells[0], columns, strict=True)):
        table.add_column(Text(name), justify="right" if i else "left", width=width)
    for row in cells[1:]:
        table.add_row(*map(Text, row))
    Console(file=drawn, width=screen.total(columns)).print(table)
    with redirect_stdout(StringIO()) as piped:
        screen.show(cells)
    assert [line.rstrip() for line in piped.getvalue().splitlines()] == [
        line.rstrip() for line in drawn.getvalue().splitlines()
    ]
