"""The table in LaTeX: who is bold, beside scipy's own tests; what the caption says; and that a TeX takes it."""

import re
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from src.lab.records.runs import load
from src.lab.report.paper.tex import table
from src.lab.report.report import Report
from tests.lab.records.written import SAID, Said, write

from .test_escape import compiled, needs_tex

HOSTILE = r"a_b%c&d#e$f${g}~h^i\j<k>l|[m] ±≤–λ 漢" + " long.option=0.123" * 9


def measured(folder: Path, groups: dict[str, list[float | None]], said: Said = SAID) -> Path:
    for i, (group, values) in enumerate(groups.items()):
        for seed, value in enumerate(values):
            write(folder / f"{i}_{seed}", "net", seed, value, said=said, group={"k": group})
    return folder


def draws(seed: int, n: int = 10) -> dict[str, list[float | None]]:
    """A best group, one that is close to it, and one that is far."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(0, 0.5, n)
    means = {"far": 6.0, "best": 3.0, "close": 3.1}
    return {name: [float(x) for x in mean + shared + rng.normal(0, 0.5, n)] for name, mean in means.items()}


def rows(text: str) -> dict[str, list[str]]:
    """The cells of the table by the group's name, which may be bold."""
    lines = text.partition("\\midrule\n")[2].partition("    \\bottomrule")[0].splitlines()
    cells = [line.strip().removesuffix(r" \\").split(" & ") for line in lines]
    return {re.sub(r"\\textbf\{(.*)\}", r"\1", row[0]): row for row in cells}


def bold(text: str) -> set[str]:
    return {name for name, row in rows(text).items() if row[0].startswith(r"\textbf")}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("baseline", [None, "k=far", "k=close"])
def test_bold_is_what_scipy_does_not_tell_from_the_best(seed: int, baseline: str | None, tmp_path: Path) -> None:
    groups = draws(seed)
    text = table(Report(load([measured(tmp_path, groups)]), None, baseline), "summary", "")
    best = min(groups, key=lambda name: np.mean(np.array(groups[name], float)))
    others = sorted(set(groups) - {best})
    p = [stats.ttest_rel(np.array(groups[name], float), np.array(groups[best], float)).pvalue for name in others]
    order = np.argsort(p)
    holm = dict(zip([others[i] for i in order], np.maximum.accumulate(np.sort(p) * [2, 1]), strict=True))
    assert bold(text) == {f"k={name}" for name in (best, *(name for name in others if holm[name] >= 0.05))}
    assert all(r"\mathbf" in rows(text)[name][1] for name in bold(text)) and text.count(r"\mathbf") == len(bold(text))
    for name in others:
        said = rows(text)[f"k={name}"][-1].strip("$")
        assert said == "<0.0001" if holm[name] < 1e-4 else float(said) == pytest.approx(min(1, holm[name]), rel=0.05)
    assert "corrected by Holm for 2 comparisons" in text and f"Difference: from k={best}, paired by seed" in text
    assert "$n = 10$ seeds" in text and ("what is not distinguishable from it" in text) == (len(bold(text)) > 1)


def test_figures_are_the_means_and_intervals(tmp_path: Path) -> None:
    text = table(Report(load([measured(tmp_path, {"a": [1.0, 2.0, 3.5], "b": [30.0, 28.0, 31.0]})])), "summary", "")
    assert rows(text)["k=a"][1:3] == [r"$\mathbf{2.17 \pm 1.26}$", "$[0.00, 5.29]$"]
    assert rows(text)["k=b"][1:] == [r"$29.67 \pm 1.53$", "$[25.87, 33.46]$", r"$+27.50 \pm 3.73$", "$0.00099$"]
    assert "group & miss (\\%) & 95\\,\\% interval & difference & $p$ \\\\" in text


def test_a_difference_that_is_decided_can_be_read_off(tmp_path: Path) -> None:
    values = [2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    groups: dict[str, list[float | None]] = {"a": [*values], "b": [value + 0.0012 for value in values]}
    text = table(Report(load([measured(tmp_path, groups)])), "summary", "")
    assert [row[1] for row in rows(text).values()] == [r"$\mathbf{4.500 \pm 1.871}$", r"$4.501 \pm 1.871$"]
    assert rows(text)["k=b"][-2:] == ["$+0.0012$", "$0.031^*$"], "on each seed the same: by ranks"
    assert "signed ranks (Wilcoxon)" in text and bold(text) == {"k=a"}


def test_where_higher_is_better_or_no_direction_is(tmp_path: Path) -> None:
    higher: Said = {"test/miss": {"better": "higher", "unit": "s"}}
    text = table(Report(load([measured(tmp_path / "1", draws(0), higher)])), "summary", "")
    assert bold(text) == {"k=far"} and "Bold: the highest mean." in text and "miss (s)" in text
    text = table(Report(load([measured(tmp_path / "2", draws(0), {})]), "test/miss"), "summary", "")
    assert not bold(text) and "Bold" not in text and "Difference: from k=far" in text


def test_what_can_not_be_compared_is_said_to_be(tmp_path: Path) -> None:
    groups: dict[str, list[float | None]] = {"a": [1.0, 2.0], "b": [None, None], "c": [None, None, 5.0, 7.0]}
    text = table(Report(load([measured(tmp_path / "1", groups)])), "summary", "")
    assert rows(text)["k=b"][1:] == ["$0$", "--", "--"] and rows(text)["k=c"][1] == "$2$"
    assert bold(text) == {"k=a"}
    assert "4 runs did not complete" in text and "Not tested, for want of a common seed or common test data" in text
    text = table(Report(load([measured(tmp_path / "2", {"a": [1.0], "b": [3.0]})])), "summary", "")
    assert "one run a group" in text and bold(text) == {"k=a"} and "Bold: the lowest mean." in text
    some: dict[str, list[float | None]] = {"a": [1.0, 2.0], "b": [1.5, 1.7], "c": [9.0], "d": [2.0, 3.0]}
    text = table(Report(load([measured(tmp_path / "4", some)])), "summary", "")
    assert bold(text) == {"k=a", "k=b", "k=d"}, "one seed is no test, and two of the same difference are little of one"
    assert rows(text)["k=d"][-1] == "$1^*$" and "Without $p$: not tested" in text
    text = table(Report(load([measured(tmp_path / "3", {"a": [None], "b": [None]})])), "summary", "")
    assert "No run is completed, so nothing is compared" in text and not bold(text)


def test_skewed_figures_have_the_interval_of_the_bootstrap_too(tmp_path: Path) -> None:
    skewed = {"a": [2.0, 2.1, 1.9, 2.2, 2.0, 1.8, 2.1, 2.0, 50.0, 2.0], "b": draws(0)["far"]}
    report = Report(load([measured(tmp_path, skewed)]))
    text = table(report, "summary", "")
    low, high = (report.summary.filter(group="k=a")[name].item() for name in ("bca_low", "bca_high"))
    assert rows(text)["k=a"][3] == f"$[{low:.2f}, {high:.2f}]$" and rows(text)["k=b"][3] == "--"
    assert "(BCa) & difference" in text and "BCa: by the bootstrap" in text
    assert "BCa" not in table(Report(load([measured(tmp_path / "normal", draws(0))])), "summary", "")


def test_folds_are_said_to_be_some(tmp_path: Path) -> None:
    for model, miss in ("a", 1.0), ("b", 2.0):
        for seed in range(2):
            for fold in range(3):
                noise = 0.1 * (seed - fold) ** 2 * miss
                write(tmp_path / f"{seed}{fold}", model, seed, miss + noise, fold=fold)
    text = table(Report(load([tmp_path])), "summary", "")
    assert "$n = 6$ folds of seeds" in text and "paired by fold of a seed" in text
    assert "intervals and p come out too small" in text.partition("\\caption")[2].partition("\\label")[0]


def test_it_says_what_it_needs_and_what_makes_it_again(tmp_path: Path) -> None:
    text = table(Report(load([measured(tmp_path, draws(0))])), "summary_2", "python -m src.report runs --out '%\n'")
    head = [line for line in text.splitlines() if line.startswith("%")]
    assert r"\usepackage{booktabs}" in head[0] and r"\input{summary_2.tex}" in head[0]
    assert head[1] == r"% made by python -m src.report runs --out '%\n'"
    assert r"\label{tab:summary-2-test-miss}" in text


@needs_tex
def test_a_tex_takes_it_whatever_the_groups_are_called(tmp_path: Path) -> None:
    groups = {
        **draws(1),
        "x" * 30 + " [no length] *": [50.0, 60.0, 70.0, 80.0],
        HOSTILE: [3.0, 4.0, 9.0],
        r"\\[3] ": [3e12, 4e12, 9e13],
        "none": [None],
    }
    metric = r"test/m_i$s{s%\ ±漢"
    for i, (group, values) in enumerate(groups.items()):
        for seed, value in enumerate(values):
            figures = {metric: value}
            write(tmp_path / f"{i}_{seed}", "net", seed, figures, objective=metric, said={metric: {"better": "lower"}},
                  group={"k": group})  # fmt: skip
    text = table(Report(load([tmp_path])), "summary", "python -m src.report x_y%z")
    assert len(rows(text)) == 7 and r" \\ {[}no length" in text, "at the beginning of a line, and no option of the last"
    (tmp_path / "summary.tex").write_text(text)
    compiled(r"\input{summary.tex} \ref{tab:summary-test-m-i-s-s}", tmp_path)
