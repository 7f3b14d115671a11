"""The notebooks run from top to bottom in a fresh copy of the project, and lie in it without outputs."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import ROOT

SHOWN = {  # by notebook, the experiment that it takes its data and its networks from
    "01_compare_architectures": "pairs",
    "02_framework_from_scratch": "disk",
    "03_add_your_own_model": "pairs",
}
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"), reverse=True)  # the quickest first


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_notebook_runs_from_top_to_bottom(path: Path, copy: Path) -> None:
    experiment = SHOWN.get(path.stem)
    if experiment and not (ROOT / "src" / "experiments" / experiment).is_dir():
        pytest.skip(f"{path.name} shows the experiment {experiment}, which was taken out")
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(copy / "notebooks")}}).execute()
    shown = {kind for cell in notebook.cells for output in cell.get("outputs", ()) for kind in output.get("data", {})}
    assert "image/png" in shown, "each has a picture"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_lies_here_without_outputs(path: Path) -> None:
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in cells)


def test_those_of_the_experiments_are_all_here() -> None:
    assert set(SHOWN) <= {path.stem for path in NOTEBOOKS}
