"""Parameters, and where they lie in their flat buffer."""

import pytest
import torch

from src.minidl import Parameter
from src.minidl.parameter import pack


def test_a_parameter_has_a_gradient_of_its_shape() -> None:
    value, grad = torch.ones(2, 3, dtype=torch.float32), torch.full((2, 3), 2.0)
    assert Parameter(value).grad.tolist() == [[0] * 3] * 2
    assert Parameter(value).grad.dtype == torch.float32
    assert Parameter(value, grad).grad is grad
    assert repr(Parameter(value)) == "Parameter(2, 3)"
    with pytest.raises(ValueError, match=r"value \(2, 3\) and grad \(3, 2\) differ in shape"):
        Parameter(value, grad.mT)


def test_blocks_keep_what_is_in_them_and_start_on_64_bytes() -> None:
    shapes = [(3, 5), (16,), (17,), (2, 1)]
    parameters = [Parameter(torch.randn(shape), torch.randn(shape)) for shape in shapes]
    before = [(p.value.clone(), p.grad.clone()) for p in parameters]
    pack(parameters)
    flat = parameters[0].flat
    assert flat is not None and all(p.flat is flat for p in parameters)
    assert (flat.size, flat.value.numel(), flat.stale) == (15 + 16 + 17 + 2, 16 + 16 + 32 + 16, False)
    for p, (value, grad), start in zip(parameters, before, (0, 16, 32, 64), strict=True):
        assert torch.equal(p.value, value) and torch.equal(p.grad, grad)
        assert p.value.storage_offset() == p.grad.storage_offset() == start
        assert (p.value.data_ptr(), p.grad.data_ptr()) == (flat.value[start:].data_ptr(), flat.grad[start:].data_ptr())
    for whole, part in ((flat.value, [v for v, _ in before]), (flat.grad, [g for _, g in before])):
        assert whole.sum().item() == pytest.approx(sum(each.sum().item() for each in part)), "zeros between them"
    pack(parameters[:1])
    assert flat.stale and parameters[0].flat is not flat


def test_parameters_that_cannot_lie_together_are_refused_and_none_is_no_matter() -> None:
    pack([])
    one = Parameter(torch.ones(2, dtype=torch.float32))
    for other in (torch.ones(2), torch.empty(2, dtype=torch.float32, device="meta")):
        with pytest.raises(ValueError, match="parameters differ in dtype or device"):
            pack([one, Parameter(other)])
    pack([one], "meta")
    pack([one])
    assert one.value.device.type == one.grad.device.type == "meta"
