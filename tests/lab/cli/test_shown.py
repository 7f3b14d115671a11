"""What the commands show: a run in a few lines, and a user's words as they are, whatever they would be as markup."""

from pathlib import Path
from statistics import mean, stdev

import pytest

from src.lab.cli import shown
from src.lab.config import compose
from tests.conftest import Command, results_in
from tests.lab.records.written import write
from tests.lab.toy import MANY, TOY

WORDS = "/data [old] [bold]x [/x] :smile: [link=y]z"


def test_before_a_run_what_was_set_is_shown_as_it_was_typed(capsys: pytest.CaptureFixture[str]) -> None:
    shown.before(compose(*TOY, "seed=3", f"+data.root='{WORDS}'"))
    first, settings, place = capsys.readouterr().out.splitlines()
    assert first == "toy · seed=3 · 2 epochs · data=toy · optimizer=sgd · schedule=constant · trainer=cpu"
    assert settings.startswith("set: ") and settings.endswith(f"seed=3 +data.root='{WORDS}'")
    assert place.startswith("all of it: outputs/runs/") and place.endswith("/.hydra/config.yaml")


def test_a_single_run_says_what_came_of_it_where_it_lies_and_what_is_next(here: Command, tmp_path: Path) -> None:
    done = here("src.train", *TOY)
    assert (done.returncode, done.stderr) == (0, "")
    (result,) = results_in(tmp_path)
    place = str(next((tmp_path / "outputs" / "runs").iterdir()).relative_to(tmp_path))
    *_, after, what = done.stdout.splitlines()
    assert what.startswith(f"test miss {result['metrics']['test/miss']:.1f} % · ") and what.endswith(f" s · {place}")
    assert after.startswith(f"see also: {shown.door('report')} {place} · {shown.door('dashboard')}")
    assert (tmp_path / place / ".hydra" / "config.yaml").is_file(), "which is named before the run"
    log = (tmp_path / place / "train.log").read_text()
    assert "parameters on cpu" in log and "completed after 2 epochs" in log


def test_of_several_networks_mean_and_std_are_said_and_of_how_many(here: Command, tmp_path: Path) -> None:
    done = here("src.train", *MANY, "runs=4")
    assert done.returncode == 0, done.stderr
    (result,) = results_in(tmp_path)
    each = [network["metrics"][result["objective"]] for network in result["runs"]]
    assert f" {mean(each):.2f} ± {stdev(each):.2f} %" in done.stdout
    assert "mean ± std of 4 networks" in done.stdout


def test_a_dry_run_shows_its_folder_as_it_is(here: Command, tmp_path: Path) -> None:
    done = here("src.train", *TOY, "-m", "seed=0,1", "hydra.sweep.dir='x [/old] [bold]'", "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    assert "in x [/old] [bold]" in done.stdout


def test_settings_in_brackets_are_reported_as_they_are(here: Command, tmp_path: Path) -> None:
    for seed in range(3):
        for words in "[relu,tanh]", "[/x]", "a|b":
            write(tmp_path / words.strip("/[]"), "toy", seed, 1.0 + seed + len(words), group={"model.acts": words})
    done = here("src.report", ".")
    assert (done.returncode, done.stderr) == (0, "")
    for words in "[relu,tanh]", "[/x]", "a|b":
        assert f"  model.acts={words} " in done.stdout
