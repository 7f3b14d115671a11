"""minidl runs with gradients globally off and in float64 here; a test that needs autograd switches it on."""

from collections.abc import Iterator

import pytest
import torch


@pytest.fixture(autouse=True)
def in_float64_without_autograd() -> Iterator[None]:
    dtype, threads = torch.get_default_dtype(), torch.get_num_threads()
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    with torch.no_grad():
        yield
    torch.set_default_dtype(dtype)
    torch.set_num_threads(threads)
