"""How the parameters of a layer are drawn."""

from math import sqrt
from typing import Literal, get_args

from torch import Generator, Tensor, empty

Init = Literal["uniform_fan_in", "normal_fan_in", "xavier", "he"]
INITS: tuple[Init, ...] = get_args(Init)


def draw(joint: Tensor, init: Init, generator: Generator | None) -> None:
    """Draw one network's `[W b]`: (out_features = M, in_features + 1 = N + 1).

    "uniform_fan_in": U(-1/√N, 1/√N), the biases too (report A; torch's default).
    "normal_fan_in": N(0, 1/N), zero biases (report B).
    "xavier": U(-a, a) with a = √(6 / (N + M)), zero biases (Glorot & Bengio 2010).
    "he": N(0, 2/N), zero biases (He et al. 2015).
    """
    fan_out, fan_in = joint.shape[0], joint.shape[1] - 1
    where = None if generator is None else generator.device
    weight, bias = (
        empty(fan_out, fan_in, dtype=joint.dtype, device=where),
        empty(fan_out, dtype=joint.dtype, device=where),
    )
    if init == "uniform_fan_in":
        bound = 1 / sqrt(fan_in)
        weight.uniform_(-bound, bound, generator=generator)
        bias.uniform_(-bound, bound, generator=generator)
    elif init == "xavier":
        bound = sqrt(6 / (fan_in + fan_out))
        weight.uniform_(-bound, bound, generator=generator)
        bias.zero_()
    else:
        gain = 2 if init == "he" else 1
        weight.normal_(0, sqrt(gain / fan_in), generator=generator)
        bias.zero_()
    joint[:, :-1].copy_(weight)
    joint[:, -1].copy_(bias)
