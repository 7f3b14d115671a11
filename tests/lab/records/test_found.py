"""Results among damaged ones, in linked folders, and reachable twice: what can be read is read, the rest is named."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from src.lab.records import results
from src.lab.records.found import below
from src.lab.records.runs import load
from src.lab.report.publish import reports
from tests.conftest import Command

from .written import OBJECTIVE, write

DAMAGED = {
    "cut": lambda text: text[:200],
    "empty": lambda text: "",
    "conflict": lambda text: "<<<<<<< HEAD\n" + text,
    "no group": lambda text: text.replace('"group"', '"grupp"'),
    "group null": lambda text: text.replace('"group": {\n  "model": "plain"\n }', '"group": null'),
    "no model": lambda text: text.replace('"model": "plain"\n }', '"model": null\n }'),
    "nan": lambda text: text.replace("1.5", "NaN"),
    "infinite": lambda text: text.replace("1.5", "1e999"),
    "text": lambda text: text.replace("1.5", '"1,5"'),
    "list": lambda text: text.replace("1.5", "[1.5]"),
    "true": lambda text: text.replace("1.5", "true"),
    "runs null": lambda text: json.dumps(json.loads(text) | {"runs": None}),
    "bare run": lambda text: json.dumps(json.loads(text) | {"runs": [{"seed": 2}]}),
    "great seed": lambda text: text.replace('"seed": 2', f'"seed": {10**20}'),
    "many networks": lambda text: text.replace('"networks": 1', f'"networks": {10**12}'),
    "deep": lambda text: "[" * 100_000,
    "another tool": lambda text: '{"schema": 7, "accuracy": 0.9}',
}


def four(folder: Path) -> Path:
    """Results of four seeds, and the file of one of them."""
    for seed in range(4):
        write(folder, "plain", seed, 1.5)
    return folder / "plain_2" / "result.json"


@pytest.mark.parametrize("how", DAMAGED)
def test_a_damaged_result_is_named_and_the_others_are_read(
    how: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = four(tmp_path)
    text = DAMAGED[how](path.read_text())
    assert text != path.read_text()
    path.write_text(text)
    assert load([tmp_path])["seed"].to_list() == [0, 1, 3]
    named, counted = capsys.readouterr().err.splitlines()
    assert named.startswith(f"{path} is no result file")
    assert counted == "1 result could not be read"


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_text_of_another_encoding_is_named(encoding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = four(tmp_path)
    text = json.dumps(json.loads(path.read_text()) | {"error": "Größe"}, ensure_ascii=False)
    path.write_text(text, encoding=encoding)
    assert len(load([tmp_path])) == 3
    assert str(path) in capsys.readouterr().err
    path.write_text(text, encoding="utf-8-sig")
    assert len(load([tmp_path])) == 4, "a byte-order mark does no harm"
    assert capsys.readouterr().err == ""


def test_only_where_nothing_is_left_it_is_an_error(tmp_path: Path, here: Command) -> None:
    for path in (four(tmp_path).parents[1]).rglob("result.json"):
        path.write_text("{")
    done = here("src.report", ".")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "error: 4 results could not be read, and there is no other"
    assert len(done.stderr.splitlines()) == 5


VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), value=VALUES)
def test_whatever_stands_in_a_file_a_report_goes_on(data: st.DataObject, value: Any, tmp_path: Path) -> None:
    """Any value in the place of any other, down to the figures of a network."""
    path = write(tmp_path, "plain", 0, 1.5) / "result.json"
    write(tmp_path, "plain", 1, 2.5)
    result: Any = json.loads(path.read_text())
    node, key = result, data.draw(st.sampled_from(sorted(result)))
    while node[key] and isinstance(node[key], dict | list) and data.draw(st.booleans()):
        node = node[key]
        key = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
    node[key] = value
    path.write_text(json.dumps(result))
    runs = load([tmp_path])
    assert 2.5 in runs[OBJECTIVE].to_list()
    assert all(report.cells() and report.sentences() is not None for report in reports(runs))


def test_links_are_followed_and_a_run_counts_once(tmp_path: Path) -> None:
    elsewhere, study = tmp_path / "elsewhere", tmp_path / "study"
    four(elsewhere)
    write(study, "wide", 0, 1.5)
    (study / "linked").symlink_to(elsewhere)
    (study / "again").symlink_to(elsewhere)
    (elsewhere / "round").symlink_to(study)
    assert len(below([study])) == 5
    assert len(below([study, elsewhere, study / "linked" / "plain_1"])) == 5
    (study / "lost").symlink_to(tmp_path / "nowhere")
    assert len(below([study])) == 5


def test_a_folder_that_only_leads_back_to_itself_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "self").symlink_to(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"no result\.json in .* or below it"):
        below([tmp_path])


def test_a_result_that_may_not_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = four(tmp_path)
    path.unlink()
    path.symlink_to(path)  # which nobody can read, not even root
    assert len(load([tmp_path])) == 3
    assert str(path) in capsys.readouterr().err
    with pytest.raises(OSError, match="symbolic links"):
        results.read(path)
