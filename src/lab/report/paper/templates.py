"""The templates of pages and of LaTeX, which escape whatever they are given. Imports no torch."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ..tables import printable
from .escape import Tex, escaped

HERE = Path(__file__).parent


def pages(*folders: Path) -> Environment:
    """Of templates in the folders; `base.html.jinja` is what all pages have in common."""
    loader = FileSystemLoader([*folders, HERE])
    environment = Environment(
        loader=loader, autoescape=True, trim_blocks=True, undefined=StrictUndefined,
        finalize=lambda value: printable(value) if type(value) is str else value,
    )  # fmt: skip
    environment.filters["breaking"] = _breaking
    return environment


def latex() -> Environment:
    """With `<< >>` and `<% %>` in the place of braces, which are LaTeX's own; what is `Tex` already stays as it is."""
    return Environment(
        loader=FileSystemLoader(HERE), block_start_string="<%", block_end_string="%>", variable_start_string="<<",
        variable_end_string=">>", comment_start_string="<#", comment_end_string="#>",
        finalize=lambda value: value if isinstance(value, Tex) else escaped(str(value)),
        trim_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined,
    )  # fmt: skip


def _breaking(text: str) -> Markup:
    """`optimizer.lr`, which may go on in another line behind a point or stroke."""
    return Markup("<wbr>").join(re.split(r"(?<=[._/])(?=[^\W\d])", printable(text)))
