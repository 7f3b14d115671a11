"""Equal numbers are the same in whatever way they were typed, and nothing else is."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from src.lab.records.equal import equal

WHOLE = st.integers(-(2**53), 2**53)
VALUES = WHOLE | st.floats(allow_nan=False) | st.booleans() | st.none() | st.text("1.0te", max_size=3)
TREES = st.recursive(VALUES, lambda of: st.lists(of, max_size=3) | st.dictionaries(st.text("abc", min_size=1), of))


def retyped(node: Any, draw: Any) -> Any:
    """The same numbers, of which some are typed with a point, and others without."""
    if isinstance(node, dict):
        return {key: retyped(value, draw) for key, value in node.items()}
    if isinstance(node, list):
        return [retyped(value, draw) for value in node]
    if isinstance(node, bool) or not isinstance(node, int | float) or node != node // 1 or abs(node) > 2**53:
        return node
    return draw(st.sampled_from([int(node), float(node)]))


def alike(first: Any, second: Any) -> bool:
    """As Python compares, but that true and false are no numbers."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(alike(first[key], second[key]) for key in first)
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(alike, first, second))
    return isinstance(first, bool) == isinstance(second, bool) and bool(first == second)


def of_tree(tree: Any) -> str:
    return json.dumps(equal({"model": tree}), sort_keys=True)


@given(tree=TREES, other=TREES, data=st.data())
def test_numbers_are_the_same_however_they_are_typed_and_nothing_else_is(
    tree: Any, other: Any, data: st.DataObject
) -> None:
    again = retyped(tree, data.draw)
    assert alike(tree, again)
    assert of_tree(tree) == of_tree(again)
    assert (of_tree(tree) == of_tree(other)) == alike(tree, other)


@pytest.mark.parametrize(("one", "other"), [(1, True), (0, False), (0, None), (1, "1"), (1, 1.5), ([1], 1)])
def test_what_only_looks_like_a_number_is_none(one: Any, other: Any) -> None:
    assert of_tree(one) != of_tree(other)


NAMES = "a", "b", "c", "d"
FOLLOWS = st.sampled_from(["${%s}", "${oc.select:%s}", "${oc.select:%s,1.0}", "${oc.select:%s, 2}", "${ %s }"])
LEAVES = (
    WHOLE
    | st.sampled_from([0.5, 1.0, True, "text"])
    | st.tuples(FOLLOWS, st.sampled_from(NAMES)).map(lambda each: each[0] % f"x.{each[1]}")
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, LEAVES)))
def test_a_number_that_follows_another_key_is_what_omegaconf_makes_of_it(section: dict[str, Any]) -> None:
    cfg = OmegaConf.create({"x": section})
    found = equal({"x": section})["x"]
    for name, value in section.items():
        try:
            resolved = cfg.x[name]
        except Exception:  # it follows what isn't there, or itself
            resolved = None
        is_number = isinstance(resolved, int | float) and not isinstance(resolved, bool)
        assert found[name] == (resolved if is_number else value)


def test_what_follows_the_seed_is_left_as_it_is() -> None:
    assert equal({"data": {"seed": "${seed}", "size": "${oc.env:SIZE}", "path": "${path:last}"}}) == {
        "data": {"seed": "${seed}", "size": "${oc.env:SIZE}", "path": "${path:last}"}
    }
