import torch
from hypothesis import given
from hypothesis import strategies as st

from src.data.pairs import Pairs
from src.pairs.networks import Prediction
from src.pairs.readout import errors


@given(st.integers(0, 2**31), st.integers(1, 60))
def test_errors_are_percentages_counted_one_by_one(seed: int, n: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    classes = torch.randint(10, (n, 2), generator=generator)
    pairs = Pairs(torch.empty(n, 2, 14, 14), classes, (classes[:, 0] <= classes[:, 1]).long())
    prediction = Prediction(torch.randn(n, 2, generator=generator), torch.randn(n, 2, 10, generator=generator))
    found = errors(prediction, pairs)

    wrong_pairs = sum(
        (score[1] > score[0]) != (first <= second)
        for score, (first, second) in zip(prediction.pair.tolist(), classes.tolist(), strict=True)
    )
    assert prediction.digits is not None
    wrong_digits = sum(
        max(range(10), key=logits.__getitem__) != digit
        for both, digits in zip(prediction.digits.tolist(), classes.tolist(), strict=True)
        for logits, digit in zip(both, digits, strict=True)
    )
    assert abs(found["error"].item() - 100 * wrong_pairs / n) < 1e-9
    assert abs(found["digit_error"].item() - 100 * wrong_digits / (2 * n)) < 1e-9


def test_networks_without_digits_have_no_digit_error() -> None:
    pairs = Pairs(torch.empty(2, 2, 14, 14), torch.zeros(2, 2).long(), torch.ones(2).long())
    assert set(errors(Prediction(torch.randn(2, 2)), pairs)) == {"error"}
