"""Buffers are found again by shape, dtype and device, and are no more than a few."""

import pytest
import torch

from src.minidl.buffers import Workspace, Workspaces, add_product, columns


def kept(spaces: Workspaces[Workspace], x: torch.Tensor) -> Workspace:
    workspace = Workspace(torch.empty_like(x))
    assert spaces.find(x) is None
    spaces.keep(x, workspace)
    return workspace


def test_a_workspace_is_found_for_whatever_is_like_its_input() -> None:
    spaces, x = Workspaces[Workspace](), torch.ones(2, 3)
    workspace = kept(spaces, x)
    assert spaces.find(x) is spaces.find(x) is spaces.find(x.clone()) is workspace
    assert workspace.output_t.shape == (3, 2)
    for other in (x.mT, x[:1], x.float(), x.to("meta")):
        assert spaces.find(other) is None
        assert spaces.find(x) is workspace
    spaces.forget()
    assert spaces.find(x) is None


def test_the_ninth_shape_takes_the_place_of_all_before_it() -> None:
    spaces = Workspaces[Workspace]()
    inputs = [torch.ones(n, 2) for n in range(1, 10)]
    first = [kept(spaces, x) for x in inputs[:8]]
    assert [spaces.find(x) for x in inputs[:8]] == first
    last = kept(spaces, inputs[8])
    assert [spaces.find(x) for x in inputs] == [None] * 8 + [last]


def test_what_inference_mode_made_is_not_kept() -> None:
    spaces, x = Workspaces[Workspace](), torch.ones(2, 3)
    with torch.inference_mode():
        kept(spaces, x)
    assert spaces.find(x) is None


@pytest.mark.parametrize("lead", [(), (4,)])
def test_columns_lie_one_after_the_other_and_products_are_added(lead: tuple[int, ...]) -> None:
    a, b, out = torch.randn(*lead, 2, 3), torch.randn(*lead, 3, 5), columns(*lead, 2, 5, like=torch.ones(1)).fill_(1)
    assert out.shape == (*lead, 2, 5) and out.mT.is_contiguous() and not out.is_contiguous()
    assert columns(2, 3, like=torch.ones(1, dtype=torch.float32)).dtype == torch.float32
    assert columns(2, 3, like=torch.ones(1, device="meta")).device.type == "meta"
    assert add_product(out, a, b) is out
    torch.testing.assert_close(out, 1 + a @ b)
