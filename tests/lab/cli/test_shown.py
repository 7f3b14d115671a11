"""What the commands show of a user's own words: as they are, whatever they would be as markup."""

from pathlib import Path

import pytest
from omegaconf import open_dict

from src.lab.cli.main import show_config
from src.lab.config import compose
from tests.conftest import Command
from tests.lab.records.written import write
from tests.lab.toy import TOY

WORDS = "/data [old] [bold]x [/x] :smile: [link=y]z"


def test_the_tree_of_a_configuration_shows_its_values_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    cfg = compose(*TOY, f"+data.root='{WORDS}'")
    with open_dict(cfg):
        cfg.data["[/b]"] = {"[/i]": 3}
    show_config(cfg)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "toy"
    assert any(line.endswith(f"── root: {WORDS}") for line in lines)
    assert [line[-6:] for line in lines if "[/" in line and "root" not in line] == ["─ [/b]", "[/i]: 3"[-6:]]


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
