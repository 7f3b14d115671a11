"""Names of files after groups: unique, short, and the same each time."""

from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from src.lab.report.names import file_names

Groups = st.sets(
    st.text(max_size=300) | st.sampled_from(["k=[2,5,1]", "k=[2.5;1]", "k=(2,5,1)", "A", "a", "..", "x" * 999])
)


@given(groups=Groups)
@example(groups={"", ".", "..", "/", "a/b", "a b", "A B", "Größe " * 60, "\udcff"})
def test_each_group_has_a_name_of_its_own(groups: set[str]) -> None:
    found = file_names(sorted(groups))
    assert found.keys() == groups
    assert len({name.casefold() for name in found.values()}) == len(groups)
    for name in found.values():
        assert Path(name).name == name and not name.startswith(".") and "\0" not in name
        assert 0 < len(name.encode()) <= 255 - len("summary_.png")
    assert found == file_names(sorted(groups, reverse=True)), "whatever their order"


def test_an_ordinary_label_is_its_own_name() -> None:
    assert file_names(["toy", "toy optimizer.lr=0.1"]) == {"toy": "toy", "toy optimizer.lr=0.1": "toy_optimizer.lr=0.1"}
