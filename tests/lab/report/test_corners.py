"""Whatever lies in the result files, a report shows it or says in a line why not: no traceback, and no `nan`."""

import csv
import json
import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from src.lab.records.runs import load
from src.lab.report.publish import publish
from tests.lab.records.written import SAID, write, write_first

from .paper.test_page import Page

MISS, OTHER = "test/miss", "val/top_1"
NO_NUMBER = re.compile(r"(?<![\w/=])(nan|-?inf|None|null)(?!\w)", re.IGNORECASE)
STANDS_FOR = {f"{731.25 + i}": text for i, text in enumerate(("NaN", "Infinity", "-Infinity"))}  # in a file of old

values = st.one_of(
    st.sampled_from([None, 0.0, 1.5, 2.5, 3e38, -3e38, 1e-38, *map(float, STANDS_FOR)]),
    st.integers(0, 1000).map(lambda count: count / 10),
    st.floats(width=32, allow_nan=False, allow_infinity=False, allow_subnormal=False),
)
runs = st.fixed_dictionaries(
    {
        "model": st.sampled_from(["toy", "wide"]),
        "seed": st.integers(0, 4),
        "setting": st.sampled_from([None, "0.1", "1e400", "3", "nan", "a|b", "[/x]", "$x$ $y", "_\n", "ü" * 300]),
        "metrics": st.one_of(st.none(), st.dictionaries(st.sampled_from([MISS, OTHER, "test/loss"]), values)),
        "objective": st.sampled_from([MISS, MISS, OTHER, None]),
        "status": st.sampled_from(["completed", "completed", "failed", "interrupted"]),
        "csv": st.sampled_from(
            [None, "epoch,val/miss\n", "epoch,val/miss\n0,nan\n1,inf\n", "epoch,val/miss\n0,5\n1,\n"]
        ),
        "first": st.booleans(),
    }
)


def put(folder: Path, i: int, run: dict[str, Any]) -> None:
    group = {"k": run["setting"]} if run["setting"] else {}
    metrics = run["metrics"]
    if run["first"]:
        place = write_first(folder / str(i), run["model"], run["seed"], (metrics or {}).get(MISS))
    else:
        figures = {} if metrics is None else {"status": run["status"]}
        place = write(
            folder / str(i), run["model"], run["seed"], metrics, said=SAID, objective=run["objective"], **figures
        )
    result = json.loads((place / "result.json").read_text())
    text = json.dumps(result | {"group": result["group"] | group})
    for number, name in STANDS_FOR.items():
        text = text.replace(number, name)
    (place / "result.json").write_text(text)
    if run["csv"]:
        (place / "metrics.csv").write_text(run["csv"])


def shown(results: list[dict[str, Any]], *asked: str | None, writes: bool = False) -> str:
    """What a report says of such results; what it writes is looked at."""
    with TemporaryDirectory() as name, redirect_stdout(StringIO()) as out:
        folder, target = Path(name, "runs"), Path(name, "out")
        for i, run in enumerate(results):
            put(folder, i, run)
        try:
            publish(load([folder]), *asked, folder=target if writes else None)
        except ValueError as error:
            if not re.match("there is no (metric|group) |.* is no result file|.* could not be read", str(error)):
                raise
            return ""
        for path in target.glob("*.json"):
            json.loads(path.read_text(), parse_constant=lambda constant: 1 / 0)
        for path in target.glob("*.csv"):
            headings, *rows = csv.reader(StringIO(path.read_text(), newline=""))
            assert {len(row) for row in rows} == {len(headings)}
        for path in target.glob("*.md"):
            tables = [re.findall(r"(?<!\\)\|", line) for line in path.read_text().splitlines() if line[:1] == "|"]
            assert tables and all(tables)
        for path in target.glob("*.svg"):
            ElementTree.parse(path)
        for path in target.glob("*.html"):
            holds("\n".join(cell for table in Page(path).tables[:2] for row in table for cell in row[1:]))
        ends = {path.suffix for path in target.glob("summary.*")}
        assert ends == ({".csv", ".md", ".json", ".png", ".html", ".tex", ".pdf", ".svg"} if writes else set())
    return out.getvalue()


def holds(said: str) -> None:
    assert not [line for line in said.splitlines() if NO_NUMBER.search(line.replace("k=nan", "k"))]
    assert "… " not in said


PHASES = Phase.explicit, Phase.generate  # to make an example smaller takes minutes
asked = st.sampled_from([(None, None), (MISS, None), (OTHER, None), (None, "toy")])


@settings(max_examples=100, phases=PHASES, suppress_health_check=[HealthCheck.too_slow])
@given(results=st.lists(runs, min_size=1, max_size=7), asked=asked)
def test_any_results_have_a_report(results: list[dict[str, Any]], asked: tuple[str | None, str | None]) -> None:
    holds(shown(results, *asked))


def simple(**changes: Any) -> dict[str, Any]:
    usual = {"model": "toy", "seed": 0, "setting": None, "metrics": {MISS: 1.0}, "objective": MISS, "csv": None}
    return usual | {"status": "completed", "first": False} | changes


@settings(max_examples=6, phases=PHASES, suppress_health_check=[HealthCheck.too_slow])
@given(results=st.lists(runs, min_size=1, max_size=7))
@example(results=[simple(metrics={})])
@example(results=[simple(objective=None, metrics={})])
@example(results=[simple(setting=each, metrics=None) for each in ("0.1", "3", "5")])
@example(results=[simple(setting=each, seed=s, csv="epoch,val/miss\n0,nan\n1,inf\n") for each in "124" for s in (0, 1)])
def test_any_report_can_be_written(results: list[dict[str, Any]]) -> None:
    holds(shown(results, writes=True))
