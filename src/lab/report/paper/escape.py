"""Text as LaTeX sets it, in ASCII and the kernel's own commands: any TeX reads it. Imports no torch."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from ..tables import printable

ASCII = {
    **{character: f"\\{character}" for character in "%&#${}_"},
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "`": r"\textasciigrave{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"{\ttfamily\char34}",
    "[": "{[}", "]": "{]}", "*": "{*}",  # which would be an option of the `\\` before them
}  # fmt: skip
LIGATURES = "-,'"  # where there are two of them
SIGNS = {
    "–": "--", "—": "---", "…": r"\ldots{}", "‘": "`", "’": "'", "“": "``", "”": "''", "\u00a0": "~",
    "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}", "ø": r"\o{}", "Ø": r"\O{}",
    "ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}", "€": r"\texteuro{}", "£": r"\pounds{}", "§": r"\S{}",
}  # fmt: skip
FORMULAS = {
    "±": r"\pm", "≤": r"\leq", "≥": r"\geq", "≠": r"\neq", "≈": r"\approx", "×": r"\times", "·": r"\cdot", "−": "-",
    "÷": r"\div", "∞": r"\infty", "→": r"\rightarrow", "←": r"\leftarrow", "↑": r"\uparrow", "↓": r"\downarrow",
    "∈": r"\in", "∑": r"\sum", "∏": r"\prod", "√": r"\surd", "∂": r"\partial", "∇": r"\nabla", "∝": r"\propto",
    "°": r"^\circ", "µ": r"\mu",
}  # fmt: skip
GREEK = re.compile("GREEK (SMALL|CAPITAL) LETTER ([A-Z]+)")
SMALL = (
    "ALPHA BETA GAMMA DELTA EPSILON ZETA ETA THETA IOTA KAPPA LAMDA MU NU XI PI RHO SIGMA TAU UPSILON PHI CHI PSI OMEGA"
)
CAPITAL = "GAMMA DELTA THETA LAMDA XI PI SIGMA UPSILON PHI PSI OMEGA"  # the others look like Latin ones
ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c",
}  # fmt: skip


class Tex(str):
    """Text that is LaTeX already."""


def escaped(text: str) -> Tex:
    """The text as it is to be read. What LaTeX has no sign for is written as Python does: `\\u6f22`."""
    text = printable(text)
    each = (_character(c) + "{}" * (c == after and c in LIGATURES) for c, after in pairwise(f"{text} "))
    return Tex("".join(each))


def _character(character: str) -> str:
    if character.isascii():
        return ASCII.get(character, character)
    formula = FORMULAS.get(character) or _greek(character) or _raised(character)
    return f"${formula}$" if formula else SIGNS.get(character) or _accented(character) or _code(character)


def _greek(character: str) -> str:
    found = GREEK.fullmatch(unicodedata.name(character, ""))
    if not found or found[2] not in {"SMALL": SMALL, "CAPITAL": CAPITAL}[found[1]].split():
        return ""
    name = "lambda" if found[2] == "LAMDA" else found[2].lower()
    return f"\\{name if found[1] == 'SMALL' else name.title()}"


def _raised(character: str) -> str:
    """A figure above or below the line."""
    kind, *codes = unicodedata.decomposition(character).split() or [""]
    inner = "".join(chr(int(code, 16)) for code in codes).replace("−", "-")
    if kind not in ("<super>", "<sub>") or not re.fullmatch(r"[\w+=()-]", inner, re.ASCII):
        return ""
    return f"{'^' if kind == '<super>' else '_'}{{{inner}}}"


def _accented(character: str) -> str:
    """A Latin letter with an accent."""
    letter, mark = (apart := unicodedata.normalize("NFD", character))[0], apart[1:]
    if not (letter.isascii() and letter.isalpha() and mark in ACCENTS):
        return ""
    dotless = f"\\{letter}" if letter in "ij" else letter
    return f"\\{ACCENTS[mark]}{{{dotless}}}"


def _code(character: str) -> str:
    return "".join(map(_character, character.encode("unicode_escape").decode()))
