"""A figure as a part of a page: in the page's colours, whether it is light or dark. Imports no torch."""

from __future__ import annotations

import re

from markupsafe import Markup
from matplotlib.figure import Figure

from ...dashboard.style import INK, PAPER, SERIES, STYLE, vector
from ..tables import printable

TAG = re.compile(r"<[^<>]*>")  # of an SVG file; in its text there is none of both
COLOURS = {colour.lower(): f"var(--series-{i})" for i, colour in enumerate(SERIES, 1)}
COLOURS |= {INK.lower(): "var(--ink)", PAPER.lower(): "var(--paper)", STYLE["grid.color"].lower(): "var(--grid)"}
COLOUR = re.compile("|".join(COLOURS))
ID = re.compile(r' id="([^"]*)"')
USED = re.compile(r'(?:url\(|href=")#([^")]*)')


def inline(figure: Figure, title: str) -> Markup:
    """The figure as an `<svg>` that fills the width it is given, up to its own."""
    text = vector(figure, "svg").decode()
    text = text[text.index("<svg") :]
    used = set(USED.findall(text))

    def own(tag: re.Match[str]) -> str:
        """With no name that nothing refers to: those of several figures would be the same."""
        said = ID.sub(lambda found: found[0] if found[1] in used else "", tag[0])
        return COLOUR.sub(lambda found: COLOURS[found[0]], said)

    body = TAG.sub(own, re.sub(r"<metadata>.*?</metadata>", "", text, count=1, flags=re.DOTALL))
    width, height = figure.get_size_inches() * 72
    said = f'role="img" style="max-width: {width * 4 / 3:.0f}px" viewBox="0 0 {width:g} {height:g}"'
    return Markup(f'<svg {said} aria-label="') + printable(title) + Markup(f'"{body[body.index(">") :]}')
