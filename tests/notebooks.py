"""Runs the notebooks in a fresh copy of the project, and keeps in them what they show: `make notebooks`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from tests.conftest import ROOT, fresh

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"), reverse=True)  # the quickest first


def run(path: Path, project: Path) -> Any:
    """The notebook with what its cells show when they are run from top to bottom in a copy of the project, which may
    write into it.
    """
    notebook = nbformat.read(path, as_version=4)
    metadata = notebook.metadata.copy()
    resources = {"metadata": {"path": str(project / "notebooks")}}
    client = NotebookClient(notebook, timeout=600, resources=resources, record_timing=False, coalesce_streams=True)
    client.execute()
    notebook.metadata = metadata  # the kernel puts its own version there
    return notebook


def outputs(notebook: Any) -> list[Any]:
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        fresh(Path(folder))
        for path in NOTEBOOKS:
            nbformat.write(run(path, Path(folder)), path)
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB", flush=True)


if __name__ == "__main__":
    main()
