"""Metrics by name: what a configuration says of them, and how they read."""

import pytest

from src.lab.records.metrics import UNKNOWN, Meaning, decimals, diverged, in_words, meanings, title


def test_a_name_in_full_goes_before_patterns_and_the_first_pattern_before_the_others() -> None:
    described = {
        "*/acc": {"better": "higher"},
        "test/*": {"unit": "s"},
        "test/acc": {"better": "higher", "unit": "%", "unlearnt": 60.0},
    }
    found = meanings(["test/acc", "val/acc", "test/time", "val_loss"], described)
    assert found["test/acc"] == Meaning("%", "higher", 60.0)
    assert found["val/acc"] == Meaning("", "higher")
    assert found["test/time"] == Meaning("s")
    assert found["val_loss"] is UNKNOWN, "nothing is guessed from a name"


@pytest.mark.parametrize("name", ["accuracy", "test/error", "val_loss", "top1 error rate"])
def test_nothing_is_known_of_a_metric_that_nobody_describes(name: str) -> None:
    assert meanings([name], {})[name] == Meaning("", None, None)


@pytest.mark.parametrize("name", ["loss", "train/loss", "train_loss", "val.loss", "generator/adversarial loss"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_loss_that_is_no_finite_number_has_diverged(name: str, value: float) -> None:
    assert diverged({"a": 1.0, name: value}) == f"{name} is {value}"


def test_other_metrics_may_be_no_number() -> None:
    assert (
        diverged({"train/loss": 1e30, "val/r2": float("nan"), "lossless": float("inf"), "floss": float("nan")}) is None
    )


def test_metrics_are_read_out_with_the_digits_that_count() -> None:
    assert title("test/top_1") == "test top 1"
    assert in_words("test/top_1", 97.4567, "%") == "test top 1 97.5 %"
    assert in_words("test_rmse", 12.3456, "USD") == "test rmse 12.3 USD"
    assert in_words("test/rmse", 0.001234) == "test rmse 0.00123"
    assert in_words("test/rmse", 1234567.8, "USD") == "test rmse 1,234,568 USD"
    assert in_words("test/r2", -1000) == "test r2 -1,000"
    assert in_words("test/r2", -999.5) == "test r2 -1,000"
    assert in_words("test/r2", 999.4) == "test r2 999"
    assert in_words("test/acc", 0.04, "%") == "test acc 0.0 %"
    assert in_words("test/r2", float("nan")) == "test r2 is not a number"
    assert in_words("test/r2", None) == "test r2 is not a number"


@pytest.mark.parametrize(
    ("value", "unit", "digits"),
    [(0.0002, "", 5), (3.2, "", 1), (42.0, "USD", 0), (1234.0, "USD", 0), (0.55, "%", 2), (12.5, "%", 2), (0.0, "", 2)],
)
def test_two_digits_of_a_std_are_shown_and_of_percentages_two_behind_the_point(
    value: float, unit: str, digits: int
) -> None:
    assert decimals(value, unit) == digits


def test_what_is_no_number_still_has_digits() -> None:
    assert decimals(float("nan")) == decimals(float("inf"), "USD") == 2
    assert decimals(1e-300) == 12, "and the smallest have no more than a line holds"
