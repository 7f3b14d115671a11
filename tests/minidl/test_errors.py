"""What modules say of themselves, and of what doesn't fit."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from src.minidl import SGD, Linear, Loss, Module, Optimizer, Parameter, ReLU, Sequential, Tanh
from src.minidl.activations import Activation
from src.minidl.losses import LossWorkspace
from tests.minidl.reference import generator, mlp

KINDS: list[Callable[[], Module]] = [lambda: Linear(3, 3), Tanh, lambda: Sequential(Linear(3, 3), ReLU())]


def test_descriptions() -> None:
    net = Sequential(Linear(2, 3, runs=5), Sequential(Tanh()))
    assert repr(net) == "Sequential(\n  [0] Linear(2, 3, runs=5)\n  [1] Sequential(\n    [0] Tanh()\n  )\n)"
    assert "17" in repr(SGD(mlp(2, 3, 2).parameters(), 0.1))


# ---- wrong use


def test_what_a_subclass_has_to_write_is_asked_for() -> None:
    class Value(Loss):
        def function(self, at: LossWorkspace, output: Tensor, target: Tensor) -> None:
            at.terms.zero_()

    class Half(Activation):
        def function(self, x: Tensor, y: Tensor, spare: Tensor) -> None:
            y.copy_(x).mul_(0.5)

    x, value, half = torch.ones(2, 3), Value(), Half()
    value(x, x)
    half(x)
    for call in (
        lambda: Module().forward(x), lambda: Module().backward(x), lambda: Activation()(x), lambda: half.backward(x),
        lambda: Loss()(x, x), value.backward, Optimizer([Parameter(x)], 0.1).step,
    ):  # fmt: skip
        with pytest.raises(NotImplementedError):
            call()


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((100, 3), r"Sequential\[0\] Linear\(2, 5\): input has 3 features, expected 2 "),
        ((100, 3), r"\(input shape \(100, 3\), weight shape \(5, 2\)\)"),
        ((2,), r"input has 1 dimensions, expected \(batch, features\) \(input"),
        ((4, 100, 2), r"input has 3 dimensions, expected \(batch, features\)"),
    ],
)
def test_inputs_that_dont_fit(shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        mlp(2, 5, 5)(torch.zeros(shape))


def test_layers_that_dont_fit_are_named_by_their_place() -> None:
    net = Sequential(Linear(2, 5), Sequential(Tanh(), Linear(4, 1)))
    with pytest.raises(ValueError, match=r"Sequential\[1\]\[1\] Linear\(4, 1\): input has 5 features, expected 4"):
        net(torch.zeros(3, 2))


def test_runs_that_dont_fit() -> None:
    with pytest.raises(ValueError, match=r"Linear\(2, 5, runs=3\): input is for 4 runs, expected 3"):
        Linear(2, 5, runs=3)(torch.zeros(4, 10, 2))
    with pytest.raises(ValueError, match="input has 4 features, expected 2"):
        Linear(2, 5, runs=3)(torch.zeros(3, 10, 4))


def test_states_that_dont_fit_are_named_by_their_place_or_what_they_are_of() -> None:
    net = Sequential(Linear(2, 3), Sequential(Linear(3, 1)))
    message = (
        r"^.Sequential: the state misses \['0.bias', '0.weight', '1.0.bias'\], and its \['a', 'b', 'c', 'd'\] are unex"
    )
    with pytest.raises(KeyError, match=message):
        net.load_state_dict({name: torch.zeros(1, 3) for name in ("d", "a", "c", "b", "1.0.weight")})
    with pytest.raises(ValueError, match=r"^Sequential\[1\]: 0.bias has shape \(1,\), the state's \(2,\)"):
        net[1].load_state_dict({"0.weight": torch.zeros(1, 3), "0.bias": torch.zeros(2)})
    with pytest.raises(ValueError, match=r"^Linear\(2, 3\): bias has shape \(3,\)"):
        Linear(2, 3).load_state_dict({"weight": torch.zeros(3, 2), "bias": torch.zeros(1)})
    assert len(net) == 2 and net[0].place == "Sequential[0]"


@pytest.mark.parametrize("make", KINDS)
def test_backward_needs_a_forward_of_its_own(make: Callable[[], Module]) -> None:
    module = make()
    grad = torch.ones(2, 3)
    with pytest.raises(RuntimeError, match="without a forward"):
        module.backward(grad)
    module(torch.ones(2, 3))
    module.backward(grad)
    with pytest.raises(RuntimeError, match="without a forward"):
        module.backward(grad)


@pytest.mark.parametrize("make", KINDS)
def test_a_gradient_of_another_shape(make: Callable[[], Module]) -> None:
    module = make()
    module(torch.ones(2, 3))
    with pytest.raises(ValueError, match=r"gradient has shape \(3, 3\), the output had \(2, 3\)"):
        module.backward(torch.ones(3, 3))


def test_one_instance_in_two_places() -> None:
    shared = Tanh()
    with pytest.raises(ValueError, match=r"Tanh\(\) stands at Sequential\[1\] and again at Sequential\[3\]\[0\]"):
        Sequential(Linear(2, 2), shared, Linear(2, 2), Sequential(shared))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Linear(0, 1), r"Linear\(0, 1\): features and runs must be at least 1"),
        (lambda: Linear(1, 0), r"Linear\(1, 0\): features and runs"),
        (lambda: Linear(1, 1, runs=0), r"Linear\(1, 1, runs=0\): features and runs"),
        (lambda: Linear(1, 1, runs=-1), r"Linear\(1, 1, runs=-1\): features and runs"),
        (lambda: Linear(1, 1, init="zeros"), "init must be one of uniform_fan_in, normal_fan_in, xavier, he"),  # type: ignore[arg-type]
        (lambda: Linear(1, 1, runs=3, generator=[generator(0)]), "1 generators for 3 networks"),
        (lambda: Linear(1, 1, generator=[generator(0)] * 2), "2 generators for 1 networks"),
        (lambda: Linear(1, 1)(torch.zeros(2, 1, device="meta")), "input is on meta, weight on cpu"),
        (lambda: Linear(1, 1, runs=2)(torch.zeros(1)), r"expected \(batch, features\) or \(runs, batch, features\)"),
        (lambda: Tanh()(torch.zeros(3)), r"Tanh\(\): input has shape \(3,\), expected \(\.\.\., batch, features\)"),
        (lambda: Sequential(Linear(1, 1, dtype=torch.float32), Linear(1, 1)), "parameters differ in dtype or device"),
    ],
)
def test_wrong_settings(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
