"""What is given with `resume=`: however it is spelt, and what of a run may be another from then on."""

import re
from pathlib import Path

import pytest
from hydra.core.override_parser.types import Quote, QuotedString
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from src.lab.config import compose
from src.lab.resume.given import asked_for, is_free
from tests.conftest import Command
from tests.lab.running import contents, run
from tests.lab.toy import TOY


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a completed run."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    run(folder, "seed=7", "optimizer.lr=0.3", "epochs=3")
    return folder


@given(st.text("ab/=,[]{}()'\"$%# é:;?", min_size=1), st.sampled_from(["", "+", "++"]), st.sampled_from(Quote))
def test_any_folder_can_be_named(name: str, plus: str, quote: Quote) -> None:
    found = asked_for(["seed=3", f"{plus}resume={QuotedString(name, quote).with_quotes()}"])
    assert found is not None and found.path == Path(name)


@pytest.mark.parametrize(
    "spelt", ["resume=a/run", "resume=a/run/", "resume='a/run'", '+resume="a/run"', "++resume=a/run"]
)
def test_a_folder_is_named_in_many_ways(spelt: str) -> None:
    found = asked_for([spelt])
    assert found is not None and found.path == Path("a/run")


@pytest.mark.parametrize("name", ["a=b", "lr=1,run", "a b", "a[1]", "it's", '"x"', "x:y", "100%", "$HOME", "(new) é"])
def test_a_folder_that_is_there_needs_no_quotes(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).mkdir()
    found = asked_for([f"resume={name}"])
    assert found is not None and found.path == Path(name)


def test_a_home_is_where_the_shell_has_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "run").mkdir()
    for spelt in "resume=~/run", "resume='~/run'":
        found = asked_for([spelt])
        assert found is not None and found.path == tmp_path / "run"


@pytest.mark.parametrize("other", [[], ["seed=3"], ["resume=null"], ["model.resume_from=a"], ["hydra.run.dir=resume"]])
def test_other_arguments_ask_for_none(other: list[str]) -> None:
    assert asked_for(other) is None


@pytest.mark.parametrize("plus", ["", "+", "++"])
def test_the_configuration_is_that_of_the_run(plus: str, trained: Path) -> None:
    cfg = compose(f"{plus}resume={trained}")
    assert (cfg.seed, cfg.optimizer.lr, cfg.epochs) == (7, 0.3, 3)
    assert cfg.job.folder == cfg.resume == str(trained)


REFUSED = {
    "seed=5": r"seed=5: the run in .* goes on with seed=7; leave that out, or train anew",
    "model=toy_wide": r"model=toy_wide: the run in .* goes on with model=toy",
    "optimizer=adam": r"optimizer=adam: the run in .* goes on with optimizer=sgd",
    "optimizer.lr=0.1": r"optimizer\.lr=0\.1: the run in .* goes on with optimizer\.lr=0\.3",
    "data.items=41": r"data\.items=41: the run in .* goes on with data\.items=40",
    "data.seed=1": r"data\.seed=1: the run in .* goes on with data\.seed=\$\{seed\}",
    "~model.dropout": r"model\.dropout=None: the run in .* goes on with model\.dropout=0\.0",
    "+model.more=1": r"model\.more=1: the run in .* goes on with model\.more=None",
    "epochs=2": r"epochs=2: the run in .* is trained for 3 already",
    "epochs=many": r"epochs=many won't do",
    "epoch=4": r"there is no option epoch in the run in ",
    "optimizer.momentums=0.5": r"there is no option optimizer\.momentums in the run in ",
    "seed=7,8": r"seed=7,8 asks for several runs, and resume= goes on with one",
    "model=toy,toy_wide": r"model=toy,toy_wide asks for several runs",
    "hydra.run.dir=other": r"hydra\.run\.dir=other doesn't go with resume=: leave it out",
    "hydra/launcher=basic": r"hydra/launcher=basic doesn't go with resume=",
    "-m": r"resume= goes on with a single run: leave out -m",
    "--config-name=x": r"--config-name=x doesn't go with resume=: leave it out",
    "tested=best": r"tested=best needs callbacks=best",
    "callbacks=bset": r"no callbacks=bset; did you mean best",
}


def test_what_would_make_it_another_run_is_refused(here: Command, trained: Path) -> None:
    before = contents(trained.parent)
    for refused, said in REFUSED.items():
        done = here("src.train", refused, f"resume={trained}")
        assert done.returncode == 1, refused
        assert re.match(f"error: .*{said}", done.stderr) and done.stderr.count("\n") == 1, done.stderr
        assert contents(trained.parent) == before


@pytest.mark.parametrize(
    ("given", "key", "value"),
    [
        ("epochs=5", "epochs", 5),
        ("max_time=00:01:00:00", "max_time", "00:01:00:00"),
        ("threads=2", "threads", 2),
        ("++threads=2", "threads", 2),
        ("checkpoint.every=1", "checkpoint.every", 1),
        ("+trainer.gradient_clip_val=1", "trainer.gradient_clip_val", 1),
        ("callbacks=best", "callbacks.best.filename", "best"),
        ("callbacks=best", "tested", "best"),
        ("trainer=auto", "job.choices.trainer", "auto"),
        ("~callbacks.bar", "callbacks.bar", None),
        ("figures=always", "figures", "always"),
        ("note=a second word", "note", "a second word"),
    ],
)
def test_what_it_may_be_from_now_on(given: str, key: str, value: object, trained: Path) -> None:
    cfg = compose(f"resume={trained}", given)
    assert OmegaConf.select(cfg, key) == value
    assert given in cfg.job.overrides
    assert (cfg.seed, cfg.optimizer.lr) == (7, 0.3)


def test_the_last_word_on_a_key_counts(trained: Path) -> None:
    cfg = compose(f"resume={trained}", "epochs=5", "epochs=6")
    assert cfg.epochs == 6
    assert [each for each in cfg.job.overrides if each.startswith("epochs")] == ["epochs=6"]


def test_what_it_was_made_with_may_be_said_again(trained: Path) -> None:
    assert compose(f"resume={trained}", *TOY, "seed=7", "optimizer=sgd", "optimizer.lr=0.3", "data=toy").seed == 7


def test_keys_are_free_with_all_below_them_and_no_others() -> None:
    assert all(map(is_free, ["epochs", "trainer.devices", "callbacks.best.monitor", "max_time", "data.root"]))
    assert not any(map(is_free, ["seed", "epochs_more", "data", "data.seed", "optimizer.lr", "model", "schedule"]))
