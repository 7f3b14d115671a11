"""What `python -m src.train --help` shows: made from the comments in conf/, so that it can't fall behind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..places import CONF, choices, groups
from .wrapped import beside, filled

USAGE = "python -m src.train [group=choice | key=value …] [-m 'key=value,value' …]"

EXAMPLES = {
    "model=MODEL optimizer.lr=0.1 seed=3": "one run",
    "model=MODEL,OTHER -m 'seed=range(10)'": "a sweep: every combination, one a core",
    "sweep=seeds10 model=MODEL,OTHER": "the same, with nothing to quote",
    "… -m … hydra.sweep.dir=<sweep folder>": "goes on with a sweep, or adds to it",
    "resume=<run folder>": "goes on with a run, bit for bit",
    "… --dry-run": "only says what there is to do",
    "… --cfg job": "shows all that can be set, runs nothing",
    "--help GROUP": "a sentence on each choice: --help model, or all",
}

RESULTS = "Results go to outputs/runs/<date>_<model>_seed<n>_…/ and outputs/sweeps/<date>_…/. Then there are"
OTHERS = {
    "python -m src.report <folder> …": "tables over the runs below folders",
    "python -m src.evaluate <run folder>": "tests a run again",
    "python -m src.decide model=MODEL,OTHER": "as many seeds as it takes",
    "python -m src.new NAME": "an experiment of your own",
    "make dashboard": "TensorBoard",
    "source src/completion.bash": "completes all this; .zsh for zsh",
}

HIDDEN = ("base", "default", "hydra")  # parts of other choices; what is chosen already; what is Hydra's own
OPTION = re.compile(r"^([a-z]\w*): (\S.*?)\s+# (.+)$", re.MULTILINE)
KEY = re.compile(r"^([a-z]\w*): (\S.*?)(?:\s+#.*)?$", re.MULTILINE)
PART = re.compile(r"\{(\w+): (.+)\}")  # `{every: 5}`, of a key with one below it
FOLLOWS = re.compile(r"\$\{oc\.select:[\w.]+,\s*(.+)\}")  # a default unless another key is set
ALL = "all"


def text(asked: Iterable[str] = ()) -> str:
    """The whole help, or that of the groups that are asked for.

    Raises:
        ValueError: there is no such group.
    """
    if names := list(asked):
        if unknown := set(names) - {*found(), ALL}:
            from .names import near  # not where nothing is wrong

            raise ValueError(f"--help {min(unknown)}: there is no such group{near(min(unknown), found())}")
        return "\n\n".join(described(group) for group in (found() if ALL in names else names))
    options = beside([*learning_rates(), *top_level()])
    listing = beside((f"{group}=", ", ".join(sorted(choices(group)))) for group in found())
    return "\n\n".join([
        f"{filled(USAGE)}\n{beside(EXAMPLES.items())}",
        f"{filled(RESULTS)}\n{beside(OTHERS.items())}",
        f"Options, with their defaults:\n{options}",
        f"Groups, with their choices:\n{listing}",
    ])  # fmt: skip


def found() -> list[str]:
    """The groups that have something to choose."""
    return [group for group in groups() if not set(group.split("/")) & set(HIDDEN)]


def described(group: str) -> str:
    """A group's choices, each with what its file says of itself, and the keys that it sets."""
    said = {name: [comment(path), *keys_of(group, path)] for name, path in sorted(choices(group).items())}
    return f"{group}=\n{beside((name, ' '.join(words)) for name, words in said.items())}"


def comment(path: Path) -> str:
    """What stands at the head of a file: whole sentences."""
    lines = [line for line in path.read_text("utf-8").splitlines() if "@package" not in line]
    head = lines[: next((i for i, line in enumerate(lines) if not line.startswith("# ")), len(lines))]
    return " ".join(line[2:] for line in head)


def keys_of(group: str, path: Path) -> Iterator[str]:
    """`Keys: optimizer.lr=0.1, …` of a file that is a section of its own."""
    section = group.replace("/", ".")
    content = path.read_text("utf-8")
    known = {key: FOLLOWS.sub(r"\1", value) for key, value in KEY.findall(content) if key != "defaults"}
    own = [f"{section}.{key}={value}" for key, value in known.items() if "${" not in value]
    if own and "@package" not in content:
        yield f"Keys: {', '.join(own)}."


def learning_rates() -> Iterator[tuple[str, str]]:
    """The option that is asked for first, which stands in the files of optimizers."""
    files = sorted(choices("optimizer").items())
    rates = {name: FOLLOWS.sub(r"\1", dict(KEY.findall(path.read_text("utf-8"))).get("lr", "")) for name, path in files}
    if known := [f"{name} {rate}" for name, rate in rates.items() if rate]:
        yield "optimizer.lr=…", f"the learning rate, by optimizer: {', '.join(known)}"


def top_level() -> Iterator[tuple[str, str]]:
    """The keys of config.yaml that are an option, with their values, and what each is."""
    for key, value, said in OPTION.findall((CONF / "config.yaml").read_text("utf-8")):
        part = PART.fullmatch(value)
        yield f"{key}.{part[1]}={part[2]}" if part else f"{key}={value}", said
