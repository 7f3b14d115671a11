"""P-values as people read them. Imports no torch."""

from __future__ import annotations

from .significance import ALPHA

DASH = "–"  # in the place of what is not known


def p_value(p: float | None) -> str:
    """With two digits or, near the level, as many as say on which side of it; the smallest are said to be small."""
    if p is None:
        return DASH
    if p < 1e-4:
        return "<0.0001"
    digits = next(n for n in range(2, 18) if (float(f"{p:.{n}g}") < ALPHA) == (p < ALPHA))
    return f"{p:.{digits}g}"


def p_said(p: float) -> str:
    """`p = 0.02`, or `p < 0.0001`."""
    return f"p = {p_value(p)}" if p >= 1e-4 else "p < 0.0001"
