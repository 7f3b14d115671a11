"""The rules of minidl, read off its syntax tree: of torch only `empty()`, grad modes and types; no project.

Tensor methods are allowed, but for those that make tensors (`new_...`) or graphs (`requires_grad_`).
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "minidl"
FUNCTIONS = {"empty", "no_grad", "set_grad_enabled"}
TYPES = {"Tensor", "Generator", "Size", "device", "dtype"}
STANDARD = {"collections", "dataclasses", "itertools", "math", "typing"}
BUILTINS = {
    "__import__",
    "__builtins__",
    "eval",
    "exec",
    "compile",
    "globals",
    "locals",
    "getattr",
    "setattr",
    "open",
}


def violations(source: str) -> Iterator[str]:
    """What in a module's source breaks the rules, one line each."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (f"import {n.name}" for n in names if n.name.split(".")[0] not in STANDARD)
            case ast.ImportFrom(module="torch", names=names):
                yield from (f"torch.{n.name}" for n in names if n.asname or n.name not in FUNCTIONS | TYPES)
            case ast.ImportFrom(module=module, level=level):
                inside = level == 1 or (module or "").split(".")[0] in STANDARD
                if not inside or level > 1:
                    yield f"from {'.' * level}{module}"
            case ast.Call(func=ast.Name(id=name)) if name in TYPES:
                yield f"{name}(...)"
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if name in TYPES | FUNCTIONS:
                yield f"{name}.{attr}"
            case ast.Attribute(attr=attr) if attr.startswith("new_") or attr in {"requires_grad_", "grad_fn"}:
                yield f".{attr}"
            case ast.Attribute(attr=attr) if attr.startswith("__") and attr not in {"__init__", "__name__"}:
                yield f".{attr}"
            case ast.Name(id=name) if name in BUILTINS or name == "torch":
                yield name


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.name)
def test_minidl_takes_from_torch_only_what_it_may(path: Path) -> None:
    assert list(violations(path.read_text())) == []


@pytest.mark.parametrize(
    "added",
    [
        "import torch",
        "import torch as t",
        "import torch.nn",
        "from torch import nn",
        "from torch import zeros",
        "from torch import empty as make",
        "from torch import *",
        "from torch.nn import Linear",
        "from torch.autograd import grad",
        "from torch.nn.functional import relu",
        "import numpy",
        "import importlib",
        "import sys",
        "from src.data import mnist",
        "from ..data import mnist",
        "from .. import data",
        "x = torch.matmul(a, b)",
        "x = getattr(torch, 'zeros')(3)",
        "x = getattr(Tensor, 'add')",
        "x = Tensor([1.0])",
        "x = Tensor.add(a, b)",
        "x = Generator()",
        "x = a.new_zeros(3)",
        "x = a.requires_grad_()",
        "x = a.__class__(3)",
        "x = empty.__globals__",
        "x = __import__('torch').zeros(3)",
        "x = eval('torch.zeros(3)')",
        "def f():\n    from torch import relu",
    ],
)
def test_the_rule_sees_what_is_forbidden(added: str) -> None:
    source = (PACKAGE / "linear.py").read_text()
    assert list(violations(source + "\n" + added + "\n"))


@pytest.mark.parametrize(
    "fine", ["from torch import Tensor, empty, no_grad", "x = a.matmul(b)", "from .module import Module"]
)
def test_the_rule_lets_pass_what_is_allowed(fine: str) -> None:
    assert list(violations(fine)) == []


def test_files_are_short_enough_to_read() -> None:
    """Forward and backward of a layer stand on one screen."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 45, f"{path.name}: {node.name}"
