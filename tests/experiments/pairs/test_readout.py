import torch
from hypothesis import given
from hypothesis import strategies as st

from src.experiments.pairs.data import Pairs
from src.experiments.pairs.networks import Prediction
from src.experiments.pairs.readout import decide, errors, percent


def drawn(seed: int, n: int) -> tuple[Prediction, Pairs]:
    generator = torch.Generator().manual_seed(seed)
    classes = torch.randint(10, (n, 2), generator=generator)
    pairs = Pairs(torch.empty(n, 2, 14, 14), classes, (classes[:, 0] <= classes[:, 1]).long())
    pair = torch.randn(n, 2, generator=generator)
    return Prediction(pair, 2 * torch.randn(n, 2, 10, generator=generator)), pairs


@given(st.integers(0, 2**31), st.integers(1, 60))
def test_errors_are_percentages_counted_one_by_one(seed: int, n: int) -> None:
    prediction, pairs = drawn(seed, n)
    assert prediction.pair is not None
    assert prediction.digits is not None
    found = {name: value.item() for name, value in errors(prediction, pairs, "head").items()}

    likeliest = [[max(range(10), key=logits.__getitem__) for logits in both] for both in prediction.digits.tolist()]
    classes = pairs.classes.tolist()
    truth = [first <= second for first, second in classes]
    head = [right > left for left, right in prediction.pair.tolist()]
    argmax = [first <= second for first, second in likeliest]
    first, second = ([said[i] != digits[i] for said, digits in zip(likeliest, classes, strict=True)] for i in (0, 1))

    def percent(wrong: list[bool]) -> float:
        return 100 * sum(wrong) / len(wrong)

    expected = {
        "error": percent([said != true for said, true in zip(head, truth, strict=True)]),
        "error_argmax": percent([said != true for said, true in zip(argmax, truth, strict=True)]),
        "digit_error": percent(first + second),
        "digit_error_first": percent(first),
        "digit_error_second": percent(second),
    }
    assert set(found) == {*expected, "error_bayes"}
    assert all(abs(found[name] - value) < 1e-4 for name, value in expected.items())


@given(st.integers(0, 2**31), st.sampled_from([1.0, 2.0, 3.5]))
def test_bayes_sums_the_probabilities_of_all_pairs_of_digits(seed: int, power: float) -> None:
    prediction, _ = drawn(seed, 20)
    assert prediction.digits is not None
    decisions = decide(prediction, "bayes", power).tolist()
    for (p, q), decision in zip(prediction.digits.double().softmax(2).tolist(), decisions, strict=True):
        p, q = ([x**power / sum(y**power for y in some) for x in some] for some in (p, q))
        likely = sum(p[i] * q[j] for i in range(10) for j in range(10) if i <= j)
        assert decision == (likely > 0.5) or abs(likely - 0.5) < 1e-5


def test_wrong_ones_are_counted_exactly_where_numbers_are_bfloat16() -> None:
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.bfloat16)
    try:
        assert abs(percent(torch.arange(1000) < 371).item() - 37.1) < 1e-4
    finally:
        torch.set_default_dtype(before)


def test_networks_without_digits_have_one_error() -> None:
    pairs = Pairs(torch.empty(2, 2, 14, 14), torch.zeros(2, 2).long(), torch.ones(2).long())
    assert set(errors(Prediction(torch.randn(2, 2)), pairs, "head")) == {"error"}
