"""The marked parts of a README hold what was measured, and nothing else of it is touched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from src.lab.reproduce import readme
from tests.conftest import ROOT

TEXT = """# mine
before
<!-- reproduced: a -->
old
<!-- end -->
between
<!-- reproduced: b -->
kept
<!-- end -->
"""


def outcome(name: str, figure: str) -> dict[str, Any]:
    table = [["what", "n"], [figure, "3"]]
    return {
        "name": name,
        "parts": [{"title": "Part", "tables": [table], "sentences": ["a beats b"], "notes": ["it is so"]}],
    }


def test_the_marked_part_is_what_was_measured_and_the_rest_stays(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(TEXT)
    assert readme.update(tmp_path, [outcome("a", "2.0")])
    text = (tmp_path / "README.md").read_text()
    assert "| 2.0 | 3 |\n" in text and "- it is so\n" in text
    assert "old" not in text and "kept" in text
    assert text.startswith("# mine\nbefore\n") and "\nbetween\n" in text
    assert not readme.update(tmp_path, [outcome("a", "2.0")]), "nothing has changed"
    assert readme.update(tmp_path, [outcome("b", "4.0")])
    assert json.loads((tmp_path / readme.NAME).read_text()).keys() == {"a", "b"}
    assert "| 2.0 | 3 |" in (tmp_path / "README.md").read_text()


def test_a_readme_without_marks_or_none_at_all_is_left_alone(tmp_path: Path) -> None:
    assert not readme.update(tmp_path, [outcome("a", "2.0")])
    (tmp_path / "README.md").write_text("# mine\n")
    assert not readme.update(tmp_path, [outcome("a", "2.0")])
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


def test_what_stands_in_the_readmes_here_is_what_a_run_has_written() -> None:
    for path in (ROOT / "src" / "experiments").glob("*/README.md"):
        marked = readme.MARKED.findall(path.read_text())
        if not marked:
            continue
        known = json.loads((path.parent / readme.NAME).read_text())
        assert {name for _, name, _, _ in marked} <= known.keys()
        assert readme.filled(path.read_text(), known) == path.read_text()
        for each in known.values():
            assert not (each["quick"] or each["seeds"] or each["overrides"])
            for row in (row for part in each["parts"] for row in part["rows"]):
                assert row["n"] > 1 and row["half"] is not None and row["verdict"] != "missing"
