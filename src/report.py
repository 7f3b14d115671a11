"""Tables over result files: one row a group of runs, over its seeds. Imports no torch.

python -m src.report <folder> …
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
from omegaconf import OmegaConf
from scipy.special import stdtrit

from . import cli, results

REPORTED = Path(__file__).with_name("reported.yaml")
DASH = "–"


def load(folders: Iterable[Path | str]) -> pl.DataFrame:
    """A row for each network trained in any run below the folders: `group`, `seed`, `status`, `parameters`, `seconds`
    and its metrics, errors in percent.

    Raises:
        FileNotFoundError: there is no result file below a folder.
    """
    found = [result for folder in folders for result in _read_below(Path(folder))]
    varied = {key for result in found for key in result["group"] if len(_values(found, key)) > 1}
    rows = []
    for result in found:
        common = {
            "group": label(result["group"], varied),
            "status": result["status"],
            "parameters": result["parameters"],
            "seconds": result["seconds"]["total"],
        }
        runs = result["runs"] or [{"seed": result["seed"], "metrics": {}}]
        own = ("seed", "status")  # of several networks trained at once, some may have failed
        rows += [common | {key: run[key] for key in own if key in run} | run["metrics"] for run in runs]
    return pl.DataFrame(rows, infer_schema_length=None)


def label(group: dict[str, str], varied: set[str]) -> str:
    """`basic`, or `basic optimizer.lr=0.1`: what is the same in all groups goes without saying."""
    return " ".join([group["model"], *(f"{key}={group[key]}" for key in group if key in varied - {"model"})])


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


def differences(runs: pl.DataFrame, baseline: str, metric: str) -> pl.DataFrame:
    """A row a group: the mean difference to the baseline over the seeds that both have, `n` of them, and half of its
    95 % interval (paired t).

    Raises:
        ValueError: there is no such group.
    """
    if baseline not in set(runs["group"]):
        raise ValueError(f"there is no group {baseline!r}; there are {', '.join(runs['group'].unique().sort())}")
    completed = runs.filter((pl.col("status") == "completed") & pl.col(metric).is_not_null())
    theirs = completed.filter(pl.col("group") == baseline).select("seed", pl.col(metric).alias("baseline"))
    paired = completed.join(theirs, on="seed").with_columns((pl.col(metric) - pl.col("baseline")).alias("difference"))
    table = paired.group_by("group").agg(
        pl.len().alias("n"), pl.col("difference").mean(), pl.col("difference").std(ddof=1).alias("std")
    )
    half = stdtrit(table["n"].to_numpy() - 1.0, 0.975) * table["std"].to_numpy() / table["n"].to_numpy() ** 0.5
    return table.with_columns(pl.Series("half", half)).drop("std")


def cells(table: pl.DataFrame) -> list[list[str]]:
    """The headings, then a row a group, for people: `2.26 ± 0.55`, a dash where there is nothing, and beside it what
    a student report states of the same model.
    """
    metrics = [name for name in results.METRICS if f"{name} mean" in table.columns]
    reported = OmegaConf.to_container(OmegaConf.load(REPORTED))
    assert isinstance(reported, dict)
    rows = [["group", "n", *(f"{name.removeprefix('test/').replace('_', ' ')} (%)" for name in metrics)]]
    rows[0] += ["seconds", "parameters", "failed", "reported (%)"]
    for row in table.iter_rows(named=True):
        figures = [spread(row[f"{name} mean"], row[f"{name} std"]) for name in metrics]
        seconds = DASH if row["seconds"] is None else f"{row['seconds']:.1f}"
        parameters = DASH if row["parameters"] is None else f"{row['parameters']:,}"
        theirs = stated(reported.get(row["group"], {}))
        rows.append([row["group"], str(row["n"]), *figures, seconds, parameters, str(row["failed"]), theirs])
    if "difference" in table.columns:
        rows[0].append("difference, 95 % interval")
        for cell, row in zip(rows[1:], table.iter_rows(named=True), strict=True):
            cell.append(DASH if row["half"] is None else f"{row['difference']:+.2f} ± {row['half']:.2f}")
    for column, nothing in ("reported (%)", DASH), ("failed", "0"):
        index = rows[0].index(column)
        if all(row[index] == nothing for row in rows[1:]):
            rows = [row[:index] + row[index + 1 :] for row in rows]
    return rows


def stated(reported: dict[str, Any]) -> str:
    """`2.26 ± 0.55`, or `digit 9.60` where the report states the error of digits."""
    figures = []
    for name, values in reported.items():
        if name != "report":
            what = name.removeprefix("test/").replace("error", "").replace("_", " ").split()
            figures.append(" ".join([*what, spread(*values)]))
    return ", ".join(figures) or DASH


def spread(mean: float | None, std: float | None = None) -> str:
    """`2.26 ± 0.55`; one run has no std."""
    if mean is None:
        return DASH
    return f"{mean:.2f}" if std is None else f"{mean:.2f} ± {std:.2f}"


def markdown(rows: list[list[str]]) -> str:
    """The cells as a Markdown table."""
    rule = ["---"] + ["---:"] * (len(rows[0]) - 1)
    return "".join(f"| {' | '.join(row)} |\n" for row in (rows[0], rule, *rows[1:]))


def show(rows: list[list[str]]) -> None:
    """The cells on the screen, never cut short."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    for i, heading in enumerate(rows[0]):
        table.add_column(heading, justify="right" if i else "left", no_wrap=not i)
    for row in rows[1:]:
        table.add_row(*row)
    console = Console()
    console.width = console.width if console.is_terminal else 160
    console.print(table)


def summarise(folder: Path) -> None:
    """Writes `summary.csv` and `summary.md` into the folder and shows the table."""
    table = summary(load([folder]))
    table.write_csv(folder / "summary.csv")
    (folder / "summary.md").write_text(markdown(cells(table)))
    show(cells(table))


def _read_below(folder: Path) -> list[results.Result]:
    paths = sorted(folder.rglob(results.NAME))
    if not paths:
        raise FileNotFoundError(f"there is no {results.NAME} in {folder} or below it")
    return [results.read(path) for path in paths]


def _values(found: list[results.Result], key: str) -> set[str | None]:
    return {result["group"].get(key) for result in found}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m src.report", description="One row a group of runs, over its seeds."
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="folder", help="of runs or sweeps, at any depth")
    parser.add_argument("--baseline", metavar="GROUP", help="compare every group with this one, paired by seed")
    with cli.one_line_errors():
        arguments = parser.parse_args()
        runs = load(arguments.folders)
        table = summary(runs)
        if arguments.baseline:
            against = differences(runs, arguments.baseline, results.METRICS[0])
            table = table.join(against.drop("n"), on="group", how="left", maintain_order="left")
        show(cells(table))


if __name__ == "__main__":
    main()
