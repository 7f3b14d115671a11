"""The notebooks run from top to bottom in a fresh copy of the project, and lie in it with what they show."""

import re
from pathlib import Path

import nbformat
import pytest

from tests.conftest import ROOT
from tests.notebooks import NOTEBOOKS, outputs, run

SHOWN = {  # by notebook, the experiment that it takes its data and its networks from
    "01_compare_architectures": "pairs",
    "02_framework_from_scratch": "disk",
    "03_add_your_own_model": "pairs",
}
PLACE = re.compile(r"(?<![\w.:/])/(?:tmp|home|root|work|Users|mnt|private|var|opt|usr)\b|file://|[A-Z]:\\")


@pytest.mark.long
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_notebook_runs_from_top_to_bottom(path: Path, copy: Path) -> None:
    experiment = SHOWN.get(path.stem)
    if experiment and not (ROOT / "src" / "experiments" / experiment).is_dir():
        pytest.skip(f"{path.name} shows the experiment {experiment}, which was taken out")
    shown = {kind for output in outputs(run(path, copy)) for kind in output.get("data", {})}
    assert "image/png" in shown, "each has a picture"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_lies_here_with_what_it_shows(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1)), (
        "from top to bottom: make notebooks"
    )
    shown = outputs(notebook)
    assert {output.output_type for output in shown} <= {"stream", "display_data", "execute_result"}, "no error"
    assert any("image/png" in output.get("data", {}) for output in shown)
    assert path.stat().st_size < 300_000


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_a_notebook_shows_names_no_place_on_the_machine_where_it_ran(path: Path) -> None:
    shown = outputs(nbformat.read(path, as_version=4))
    texts = [output.get("text", "") for output in shown]
    texts += [text for output in shown for kind, text in output.get("data", {}).items() if kind != "image/png"]
    assert not [found for text in texts for found in PLACE.findall(text)]
    assert PLACE.findall("see /tmp/a or C:\\b"), "it would be seen"


def test_those_of_the_experiments_are_all_here() -> None:
    assert set(SHOWN) <= {path.stem for path in NOTEBOOKS}
