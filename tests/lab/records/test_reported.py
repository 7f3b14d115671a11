"""What others report of the models of the experiments that are here."""

from src.lab.places import choices
from src.lab.records.reported import Figure, reported


def test_figures_are_reported_of_models_that_there_are() -> None:
    assert set(reported()) <= set(choices("model"))


def test_each_figure_is_a_mean_and_perhaps_a_std_of_a_metric() -> None:
    figures = [(name, figure) for said in reported().values() for name, figure in said.items()]
    assert all(isinstance(figure, Figure) and name != "source" for name, figure in figures)
    assert all(figure.std is None or figure.std > 0 for _, figure in figures)
