"""The page of what was reproduced, self-contained as HTML and, with its figures beside it, as Markdown. Imports no
torch.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ..places import project
from ..records.atomic import put
from ..report import tables
from ..report.paper.templates import pages
from . import outcome
from .outcome import Outcome

HERE = Path(__file__).parent
VERDICTS = "agrees", "better", "worse", "higher", "lower", "one seed", "missing"
HOW = (
    "“Agrees” is said where the reported figure lies in the 95 % interval of the measured mean (Student's t), else "
    "whether the measured mean is better or worse; of a figure without a better direction, higher or lower. A figure "
    "that was reported of a single run can be off by chance: “within a run's spread” says that it is no farther from "
    "the measured mean than one standard deviation of single runs. Seconds are those of a run on the machine named "
    "below, which may train several networks at once."
)


def write(folder: Path, name: str = "index") -> Path:
    """Makes `<name>.html` and `.md` of all that is recorded in the folder; returns the path of the first."""
    found = outcome.read(folder)
    templates = pages(HERE)
    templates.filters["picture"] = lambda file: _inline(folder / file)
    page = templates.get_template("page.html.jinja").render(
        project=project(), sources=found, counts=counted(found), how=HOW, labels=[label(each) for each in found]
    )
    put(page, folder / f"{name}.html")
    put(markdown(found), folder / f"{name}.md")
    return folder / f"{name}.html"


def counted(found: Sequence[Outcome]) -> str:
    """`34 rows: 20 agree, 12 better, 2 worse, 0 missing`."""
    counts = Counter[str]()
    for each in found:
        counts.update(each["verdicts"])
    said = [f"{counts[name]} {'agree' if name == 'agrees' else name}" for name in VERDICTS if counts[name]]
    missing = [] if counts["missing"] else ["0 missing"]
    rows = "1 row" if counts.total() == 1 else f"{counts.total()} rows"
    return f"{rows}: {', '.join([*said, *missing])}"


def markdown(found: Sequence[Outcome]) -> str:
    """The page as Markdown."""
    lines = [f"# What was reported, measured again: {project()}", counted(found), HOW]
    for each in found:
        lines += [f"## {tables.literal(each['title'])}", *([f"**{label(each)}**"] if label(each) else [])]
        lines += [tables.literal(f"{head}: {each[key]}") for head, key in _ABOUT if each[key]]
        for part in each["parts"]:
            lines += [f"### {tables.literal(part['title'])}"] * bool(part["title"])
            lines += [tables.literal(part["text"])] * bool(part["text"])
            lines += [f"```bash\n{part['command']}\n```", outcome.markdown(part).rstrip()]
            lines += [f"![{tables.literal(figure['title'])}]({figure['file']})" for figure in part["figures"]]
        lines += [", ".join(filter(None, [f"Made on {each['made']['on']}", *list(each["made"].values())[1:]])) + "."]
    return "\n\n".join(filter(None, lines)) + "\n"


_ABOUT = ("Reported", "protocol"), ("Left open, and how it is filled", "filled")


def label(source: Outcome) -> str:
    """What makes it less than it could be, in words; nothing where it is what was asked for."""
    quick = "a quick look: few seeds, and fewer epochs where the parts say so"
    seeds = f"{source['seeds']} seeds"
    return "; ".join([*[quick] * source["quick"], *[seeds] * bool(source["seeds"]), *source["overrides"]])


def _inline(path: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode()
