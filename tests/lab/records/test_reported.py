"""What others report of the experiments: how a file of it is read, and those that are here."""

from __future__ import annotations

from pathlib import Path

import pytest

from src.lab.places import choices
from src.lab.records.reported import Figure, read, reported


def test_figures_are_reported_of_models_that_there_are() -> None:
    assert {group.split()[0] for group in reported()} <= set(choices("model"))


def test_each_figure_is_a_mean_and_perhaps_a_std_of_a_metric() -> None:
    figures = [figure for said in reported().values() for figure in said.values()]
    assert all(isinstance(figure, Figure) for figure in figures)
    assert all(figure.std is None or figure.std > 0 for figure in figures)


def test_a_figure_is_written_short_or_long(tmp_path: Path) -> None:
    path = tmp_path / "reported.yaml"
    path.write_text(
        """
        who:
          parts:
            - rows:
                mine: {test/acc: 0.9, test/f1: [0.8], test/auc: [0.7, 0.1], parameters: 10}
                mine hidden=8: {test/acc: {mean: 0.5, runs: 3, note: small}}
        """
    )
    (source,) = read(path).values()
    assert source.parts[0].rows == {
        "mine": {
            "test/acc": Figure(0.9),
            "test/f1": Figure(0.8),
            "test/auc": Figure(0.7, 0.1),
            "parameters": Figure(10),
        },
        "mine hidden=8": {"test/acc": Figure(0.5, None, 3, "small")},
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("who: {parts: [{rows: {mine: {test/acc: [x]}}}]}", r"parts\.0\.rows\.mine\.test/acc\.0.* valid "),
        ("who: {parts: [{}]}", r"parts\.0 a part needs a sweep, or rows$"),
        ("who: {parts: [{sweep: s}], tite: x}", r"tite extra inputs are not permitted$"),
        ("mine: {source: x, test/acc: [3]}", r"parts field required$"),
        ("who: {parts: [{rows: {mine: {test/acc: .nan}}}]}", r"should be a finite number"),
        ("who: {parts: [{sweep: s, figures: [{draw: seeds, title: x}]}]}", r"draws seeds, and needs metrics$"),
        ("who: {parts: [{sweep: s, figures: [{draw: own, title: x}]}]}", r"draws own, and needs name and of$"),
        ("who: {parts: [{sweep: s, figures: [{draw: pie, title: x}]}]}", r"parts\.0\.figures\.0\.draw should be "),
    ],
)
def test_what_is_wrong_with_a_file_is_said_in_a_line_that_names_it(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "reported.yaml"
    path.write_text(text)
    with pytest.raises(ValueError, match=said) as refused:
        read(path)
    assert str(refused.value).startswith(f"{path}: ") and "\n" not in str(refused.value)
