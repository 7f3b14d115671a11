"""The order of the samples, and their scale."""

from collections.abc import Sequence

from torch import Tensor, device, empty

GAMMA, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB  # SplitMix64's
WORD = 1 << 64


def permutation(n: int, seed: int | Sequence[int], epoch: int = 0, device: device | str | None = None) -> Tensor:
    """The order of n samples in an epoch: (n,), or for a sequence of seeds (runs, n), row r being seed[r]'s.

    A function of its arguments, the same on every device: to go on from epoch e, nothing has to be saved.
    Each sample gets a number from SplitMix64 (Steele, Lea & Flood 2014), and the numbers are sorted. It never
    gives the same number twice, so there are no ties.
    """
    seeds = [seed] if isinstance(seed, int) else seed
    keys = empty(len(seeds), n, device=device).fill_(1).long().cumsum_(-1).mul_(signed(GAMMA))
    for row, s in zip(keys, seeds, strict=True):
        row.add_(signed(mixed(mixed(s) + epoch)))
    for shift, factor in ((30, FIRST), (27, SECOND)):
        keys.bitwise_xor_(shifted(keys, shift)).mul_(signed(factor))
    keys.bitwise_xor_(shifted(keys, 31))
    for row in keys:  # one by one, as a tensor of one dimension is sorted in half the time
        row.copy_(row.argsort())
    return keys[0] if isinstance(seed, int) else keys


def mixed(state: int) -> int:
    """SplitMix64's output for a state, as `permutation` computes it for many."""
    z = (state + GAMMA) % WORD
    z = (z ^ (z >> 30)) * FIRST % WORD
    z = (z ^ (z >> 27)) * SECOND % WORD
    return z ^ (z >> 31)


def signed(word: int) -> int:
    """The 64 bits of `word` as a tensor's int64 holds them."""
    return word - WORD if word >= WORD // 2 else word


def shifted(keys: Tensor, bits: int) -> Tensor:
    """`keys` >> `bits` of the unsigned numbers: an int64's own shift would copy the sign."""
    return keys.bitwise_right_shift(bits).bitwise_and_((1 << (64 - bits)) - 1)


def standardize(train: Tensor, *others: Tensor) -> tuple[Tensor, ...]:
    """Subtract from each feature its mean in the training set, and divide by its standard deviation there.

    Args:
        train: ([runs,] samples, features).
        others: test sets and the like. Their own statistics are not looked at.

    Returns:
        All of them, in that order. A feature that is constant in `train` is only shifted.
    """
    mean, std = train.mean(-2, keepdim=True), train.std(-2, keepdim=True)
    std.masked_fill_(std == 0, 1)
    return tuple((x - mean) / std for x in (train, *others))


def pick(data: Tensor, order: Tensor, dim: int) -> Tensor:
    """Samples in an order: `data` has them in its dimension `dim` (-1 or -2), with or without runs before it.

    An order (samples,) is for all runs; (runs, samples) is one for each, of its own data or of everyone's.
    """
    if order.dim() == 1:
        return data.index_select(dim, order)
    if data.dim() == -dim:
        return data[order]
    if dim == -2:
        order = order.unsqueeze(-1).expand(*order.shape, data.shape[-1])
    return data.gather(dim, order)


def batches(data: Tensor, size: int, dim: int) -> list[Tensor]:
    """Views of so many samples each, in order; the last one has what is left."""
    samples = data.shape[dim]
    return [data.narrow(dim, start, min(size, samples - start)) for start in range(0, samples, size)]
