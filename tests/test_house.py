"""The house: which part may know of which, and how long a file and a function may be. Read from the sources."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import ROOT

SRC = ROOT / "src"
# What is held to these rules: not what a user puts beside it.
OURS = ("lab", "plugins", "minidl", "experiments/pairs", "experiments/disk")
FILES = [*SRC.glob("*.py"), *(path for part in OURS for path in (SRC / part).rglob("*.py"))]

# Rooms of src/lab, and files that are a room each, from the ground up. A room may use what lies below it.
LAYERS = (
    "doing",
    "places private schema stop records garbage",
    "seeding data module origin trust resume whole ranks taken",
    "logged many fingerprint",
    "config callbacks checkpoint dashboard board story",
    "trainer",
    "train report cli",
    "evaluate rank sweep tune new",
    "reproduce bench decision",
)
ROOMS = {f"src.lab.{room}": layer for layer, rooms in enumerate(LAYERS) for room in rooms.split()}

# Files of an experiment, likewise.
FLOORS = ("schema", "data", "networks", "objective readout", "module", "views", "bench")
FLOOR = {file: floor for floor, files in enumerate(FLOORS) for file in files.split()}


def name_of(path: Path) -> str:
    """`src.lab.train` of its file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in FILES}


def imports(module: str) -> Iterator[str]:
    """The modules of the project that a module imports, anywhere in it."""
    path = MODULES[module]
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        found: list[str] = []
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            found = [full if (full := f"{base}.{alias.name}") in MODULES else base for alias in node.names]
        yield from (name for name in found if name.startswith("src") and name != module)


ARROWS = {module: sorted(set(imports(module))) for module in MODULES}
EACH = [(module, other) for module, others in ARROWS.items() for other in others]


def part(module: str) -> str:
    """`lab`, `minidl`, `experiments.pairs`; a door is a part of its own."""
    names = module.split(".")[1:]
    return ".".join(names[: 2 if names[:1] == ["experiments"] else 1])


def room(module: str) -> str:
    return ".".join(module.split(".")[:3])


def test_the_engine_knows_nothing_else_and_experiments_know_the_engine() -> None:
    others = {"lab": (), "minidl": (), "experiments.disk": ("lab", "minidl")}
    wrong = [(a, b) for a, b in EACH if part(b) not in (part(a), *others.get(part(a), ("lab",)))]
    assert not wrong


def test_inside_the_engine_arrows_go_down() -> None:
    inside = [(a, b) for a, b in EACH if part(a) == part(b) == "lab" and a != "src.lab"]
    assert {room(module) for arrow in inside for module in arrow} <= set(ROOMS)
    wrong = [(a, b) for a, b in inside if room(a) != room(b) and ROOMS[room(a)] <= ROOMS[room(b)]]
    assert not wrong


def test_every_room_of_the_engine_has_a_layer() -> None:
    assert {room(module) for module in MODULES if part(module) == "lab"} - {"src.lab"} == set(ROOMS)


def test_inside_an_experiment_arrows_go_down() -> None:
    named = [
        (a, b)
        for a, b in EACH
        if part(a) == part(b)
        and part(a).startswith("experiments")
        and {a.split(".")[-1], b.split(".")[-1]} <= set(FLOOR)
    ]
    assert not [(a, b) for a, b in named if FLOOR[a.split(".")[-1]] <= FLOOR[b.split(".")[-1]]]


def test_there_are_no_circles() -> None:
    arrows = {a: [b for b in others if b in MODULES] for a, others in ARROWS.items()}
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {error.args[1]}")


def words_of_others() -> str:
    """A pattern of what the engine has no name for: experiments, what they are made of, and what they measure."""
    models = {path.stem for name in ("pairs", "disk") for path in ROOT.glob(f"conf/experiments/{name}/model/*.yaml")}
    shared = {path.stem for path in (ROOT / "conf").glob("*/*.yaml")}  # `callbacks=best` is the engine's own
    named = "|".join(sorted(models - shared)) or "no model"
    quote = "[\"'`]"
    return "|".join(
        [
            rf"experiments[./](pairs|disk)\b|\bdisk\b|{quote}pairs{quote}|minidl|mnist",
            rf"model=({named})\b|{quote}({named}){quote}",
            r"(test|val|train|\*)[/_]?error\b|_error{quote}|error \(%\)|\bdigit\b|digit_|_digit",
            r"[Rr]eports? [A-D]\b|student('s)? (report|project)",
        ]
    )


ENGINE = [
    path
    for root in (SRC / "lab", SRC / "plugins", ROOT / "conf")
    for path in root.rglob("*.*")
    if "experiments" not in path.relative_to(ROOT).parts[1:2]
    and "__pycache__" not in path.parts
    and path.suffix != ".md"  # a page may say what was measured of them
]
OF_OLD = SRC / "lab" / "records" / "first_schema.py"  # what result files of schema 1 meant, which named no metrics


def test_the_engine_and_the_shared_configuration_name_no_experiment() -> None:
    pattern = re.compile(words_of_others())
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in [*ENGINE, *SRC.glob("*.py")]
        if path.is_file() and path != OF_OLD
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found, "\n".join(found)


def test_files_are_short() -> None:
    tests = ROOT / "tests"
    limits = dict.fromkeys(FILES, 150)
    limits |= dict.fromkeys(
        [*tests.glob("*.py"), *(path for each in OURS for path in (tests / each).rglob("*.py"))], 200
    )
    long = {path: len(path.read_text().splitlines()) for path in limits}
    assert not {str(path.relative_to(ROOT)): n for path, n in long.items() if n > limits[path]}


def test_a_function_fits_on_a_screen() -> None:
    long = [
        f"{module}.{node.name}: {node.end_lineno - node.lineno + 1}"
        for module, path in MODULES.items()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno and node.end_lineno - node.lineno >= 45
    ]
    assert not long
