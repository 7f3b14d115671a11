"""Tables over result files: one row a group of runs, over its seeds. Imports no torch.

python -m src.report <folder> …
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import polars as pl

from . import cli, results


def load(folders: list[Path] | list[str]) -> pl.DataFrame:
    """A row for each network trained in any run below the folders: `group`, `seed`, `status`, `parameters`, `seconds`
    and its metrics, errors in percent.

    Raises:
        FileNotFoundError: there is no result file below a folder.
    """
    rows: list[dict[str, Any]] = []
    for folder in map(Path, folders):
        paths = sorted(folder.rglob(results.NAME))
        if not paths:
            raise FileNotFoundError(f"there is no {results.NAME} in {folder} or below it")
        for path in paths:
            result = results.read(path)
            common = {
                "group": label(result["group"]),
                "status": result["status"],
                "parameters": result["parameters"],
                "seconds": result["seconds"]["total"],
            }
            runs = result["runs"] or [{"seed": result["seed"], "metrics": {}}]
            rows += [common | {"seed": run["seed"]} | run["metrics"] for run in runs]
    return pl.DataFrame(rows, infer_schema_length=None)


def label(group: dict[str, str]) -> str:
    """`basic`, or `basic optimizer.lr=0.1`."""
    return " ".join([group["model"], *(f"{key}={value}" for key, value in group.items() if key != "model")])


def summary(runs: pl.DataFrame) -> pl.DataFrame:
    """A row a group: n completed, failed, mean and std (ddof 1) of each metric, seconds and parameters; best first."""
    completed = pl.col("status") == "completed"
    metrics = [name for name in results.METRICS if name in runs.columns]
    return (
        runs.group_by("group", maintain_order=True)
        .agg(
            completed.sum().alias("n"),
            (~completed).sum().alias("failed"),
            *(pl.col(name).filter(completed).mean().alias(f"{name} mean") for name in metrics),
            *(pl.col(name).filter(completed).std(ddof=1).alias(f"{name} std") for name in metrics),
            pl.col("seconds").filter(completed).mean(),
            pl.col("parameters").max(),
        )
        .sort(f"{metrics[0]} mean" if metrics else "group", nulls_last=True)
    )


def cells(table: pl.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Headings and cells for people: `2.26 ± 0.55`, and a dash where there is nothing."""
    metrics = [name for name in results.METRICS if f"{name} mean" in table.columns]
    headings = ["group", "n", "failed", *(f"{name} %" for name in metrics), "seconds", "parameters"]
    rows = []
    for row in table.iter_rows(named=True):
        figures = [spread(row[f"{name} mean"], row[f"{name} std"]) for name in metrics]
        seconds = "–" if row["seconds"] is None else f"{row['seconds']:.1f}"
        parameters = "–" if row["parameters"] is None else f"{row['parameters']:,}"
        rows.append([row["group"], str(row["n"]), str(row["failed"]), *figures, seconds, parameters])
    return headings, rows


def spread(mean: float | None, std: float | None) -> str:
    if mean is None:
        return "–"
    return f"{mean:.2f}" if std is None else f"{mean:.2f} ± {std:.2f}"


def markdown(headings: list[str], rows: list[list[str]]) -> str:
    rule = ["---"] + ["---:"] * (len(headings) - 1)
    return "".join(f"| {' | '.join(row)} |\n" for row in (headings, rule, *rows))


def show(headings: list[str], rows: list[list[str]]) -> None:
    """The table on the screen."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(*headings[:1], box=box.SIMPLE_HEAD)
    for heading in headings[1:]:
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(*row)
    Console(width=None).print(table)


def summarise(folder: Path) -> None:
    """Writes `summary.csv` and `summary.md` into the folder and shows the table."""
    table = summary(load([folder]))
    table.write_csv(folder / "summary.csv")
    headings, rows = cells(table)
    (folder / "summary.md").write_text(markdown(headings, rows))
    show(headings, rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m src.report", description="One row a group of runs, over its seeds.")
    parser.add_argument("folders", nargs="+", type=Path, metavar="folder", help="run folders, sweep folders, or outputs")
    with cli.one_line_errors():
        show(*cells(summary(load(parser.parse_args().folders))))


if __name__ == "__main__":
    main()
