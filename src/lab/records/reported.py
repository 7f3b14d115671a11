"""What others report of an experiment: the `reported.yaml` beside it. Imports no torch.

By a short name for whoever reports it (`a`, `smith2020`), what they state, what is trained to see whether it comes out
again, and the figures that they show. The least that says something:

    smith2020: {parts: [{rows: {mine: {test/acc: [0.91, 0.02]}}}]}
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from omegaconf import OmegaConf
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from .shape import complaint

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
NAME = "reported.yaml"
COLUMNS = "parameters", "epochs", "seconds"  # of a result: they can be stated like a metric


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Figure(NamedTuple):
    """A mean that somebody reports.

    Attributes:
        std: over their runs, where they give one.
        runs: how many these were, where they say it.
        note: what should stand beside it.
    """

    mean: int | float
    std: float | None = None
    runs: int | None = None
    note: str = ""


def _listed(said: Any) -> Any:
    """`2.26` is short for `[2.26]`, a mean without a std."""
    return [said] if isinstance(said, int | float) else said


Rows = dict[str, dict[str, Annotated[Figure, BeforeValidator(_listed)]]]  # by what was trained, and by metric


class Panel(Strict):
    """A figure of a part.

    Attributes:
        draw: `stated` is what is reported beside what is measured, of all rows or those of `metrics`; `seeds` every
            seed of every group; `curves` metrics over the epochs; `against` a metric over the setting `key`; `size` a
            metric over the number of parameters; `own` what the first run of a group has drawn itself: `name` of its
            figures folder.
        title: what stands above it.
        metrics: that are drawn.
        of: the groups that are drawn, as rows name them; none means all.
    """

    draw: Literal["stated", "seeds", "curves", "against", "size", "own"]
    title: str
    metrics: list[str] = []
    of: list[str] = []
    key: str = ""
    name: str = ""

    @model_validator(mode="after")
    def _says_what(self) -> Panel:
        needed = {"stated": [], "own": ["name", "of"], "against": ["metrics", "key"]}.get(self.draw, ["metrics"])
        if missing := [field for field in needed if not getattr(self, field)]:
            raise ValueError(f"draws {self.draw}, and needs {' and '.join(missing)}")
        return self


class Part(Strict):
    """What is trained by one command, and what is shown of it.

    Attributes:
        title: of the section; none goes on with the one before.
        text: what is asked, and how it is answered here.
        sweep: the choice of the group `sweep` that is trained; None trains the models of the rows over ten seeds.
        quick: what is set where only a quick look is wanted.
        rows: what is stated of each group, `model` or `model key=value …`, by metric or one of `COLUMNS`.
        compare: a metric that the groups are compared by, with each other.
        figures: that are drawn.
    """

    title: str = ""
    text: str = ""
    sweep: str | None = None
    quick: list[str] = []
    rows: Rows = {}
    compare: str | None = None
    figures: list[Panel] = []

    @model_validator(mode="after")
    def _trains_something(self) -> Part:
        if not (self.sweep or self.rows):
            raise ValueError("a part needs a sweep, or rows")
        return self


class Source(Strict):
    """What one report, paper or project says of an experiment.

    Attributes:
        title: of whatever it is.
        protocol: how it was made, as far as it says so.
        filled: what it leaves open, and what is done here.
        by_name: it is left out where nobody asks for it by its name.
        parts: what is trained.
    """

    title: str = ""
    protocol: str = ""
    filled: str = ""
    by_name: bool = False
    parts: list[Part]


@cache
def sources() -> dict[str, dict[str, Source]]:
    """By experiment and short name; raises ValueError as `read` does."""
    return {path.parent.name: read(path) for path in sorted(EXPERIMENTS.glob(f"*/{NAME}"))}


def read(path: Path) -> dict[str, Source]:
    """The sources in a file; raises ValueError, in a line that names file and key, where it says something else."""
    said: Any = OmegaConf.to_container(OmegaConf.load(path))
    try:
        return {str(name): Source.model_validate(each) for name, each in (said or {}).items()}
    except ValidationError as error:
        raise ValueError(f"{path}: {complaint(error)}") from None


@cache
def reported() -> dict[str, dict[str, Figure]]:
    """What is stated of each group, by its name and metric."""
    found: dict[str, dict[str, Figure]] = {}
    for source in (source for each in sources().values() for source in each.values()):
        for group, said in (row for part in source.parts for row in part.rows.items()):
            figures = {metric: figure for metric, figure in said.items() if metric not in COLUMNS}
            if figures:
                found.setdefault(group, {}).update(figures)
    return found
