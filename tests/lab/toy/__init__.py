"""An experiment for the engine's own tests: points in four quarters of a plane, and networks that tell them apart."""

from pathlib import Path

# As arguments of any command; `compose(*TOY)` works likewise.
TOY = [f"hydra.searchpath=[file://{Path(__file__).parent / 'conf'}]", "model=toy", "figures=never", "trainer=cpu"]
FOLDS = [*TOY, "data=toy_folds"]
MANY = [*TOY[:1], "model=toy_many", *TOY[2:]]
