"""What `python -m src.train --help` shows: made from the comments in conf/, so that it can't fall behind."""

from __future__ import annotations

from pathlib import Path

from ..places import CONF, choices, groups

USAGE = """python -m src.train [group=choice | key=value …] [-m 'key=value,value' …] [--dry-run]

  python -m src.train model=MODEL optimizer.lr=0.1 seed=3      one run: of a model, with another value, another seed
  python -m src.train model=MODEL,OTHER -m 'seed=range(10)'    a sweep: every combination, one run a core
  python -m src.train sweep=seeds10 model=MODEL,OTHER          the same, with nothing to quote
  python -m src.train … -m … hydra.sweep.dir=<sweep folder>    goes on with a sweep, or adds to it
  python -m src.train … --dry-run                              only says what there is to do
  python -m src.train resume=<run folder>                      goes on with a run, bit for bit
  python -m src.train … --cfg job                              shows the whole configuration, runs nothing

Results go to outputs/runs/<date>_<model>_seed<n>_…/ (result.json, metrics.csv, train.log, tensorboard/, checkpoints/)
and outputs/sweeps/<date>_…/ (a folder for each run, summary.html, .md, .csv, .json).
Then: python -m src.report <folder> …    python -m src.evaluate <run folder>    make dashboard
As many seeds as it takes to tell models apart: python -m src.decide model=MODEL,OTHER
An experiment of your own: python -m src.new NAME"""

COMPLETION = "Completion of all this in bash: source src/completion.bash"

HIDDEN = ("base", "default", "hydra")  # parts of other choices; what is chosen already; what is Hydra's own


def text() -> str:
    """The whole help."""
    options = "\n".join(f"  {option}" for option in top_level())
    listing = "\n".join(f"\n{group}=\n{listed(group)}" for group in found())
    return f"{USAGE}\n\nOptions, key=value, with their defaults:\n{options}\n{listing}\n\n{COMPLETION}"


def found() -> list[str]:
    """The groups that have something to choose."""
    return [group for group in groups() if not set(group.split("/")) & set(HIDDEN)]


def listed(group: str) -> str:
    """A line for each choice."""
    comments = {choice: first_comment(path) for choice, path in sorted(choices(group).items())}
    width = max(map(len, comments)) + 2
    return "\n".join(f"  {choice:<{width}}{comment}" for choice, comment in comments.items())


def first_comment(path: Path) -> str:
    """The first line that says what the file is."""
    comments = (line for line in path.read_text().splitlines() if line.startswith("# ") and "@package" not in line)
    return next(comments, "# ")[2:]


def top_level() -> list[str]:
    """The lines of config.yaml that stand for an option, with what it is."""
    lines = (CONF / "config.yaml").read_text().splitlines()
    return [line for line in lines if "  #" in line and line[0].isalpha() and not line.startswith(("job", "hydra"))]
