"""The door: `python -m src.train [group=choice | key=value …] [-m 'seed=range(10)']` trains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from src.lab import config
from src.lab.cli import main as cli
from src.lab.cli import shown
from src.lab.cli.errors import one_line_errors
from src.lab.cli.leave import leaving
from src.lab.doing import say
from src.lab.garbage import keeping
from src.lab.places import CONF
from src.lab.records import results
from src.lab.records.claim import Claim
from src.lab.records.folder import RunFolder
from src.lab.resume import resume
from src.lab.stop import ending

if TYPE_CHECKING:
    from omegaconf import DictConfig


def train(cfg: DictConfig) -> None:
    """One run; the runs of a sweep go through `src.lab.sweep`."""
    with one_line_errors():
        config.check(cfg)
        shown.before(cfg)
        say("loading torch and Lightning")
        with ending(Claim.take_back), keeping():  # not for --help, a wrong option or a sweep's parent
            from src.lab.train import run

        with shown.advice(cfg):
            result = run(cfg)
        shown.after(cfg, result)


def go_on(overrides: list[str]) -> None:
    """Goes on with the run that `resume=` names."""
    cfg = config.compose(*overrides)
    folder = RunFolder(cfg.job.folder)
    if resume.is_complete(cfg):
        shown.after(cfg, results.read(folder.result))
        print(f"It is complete: epochs=… more than its {cfg.epochs} would train it further")
        return
    resume.log_to(folder)
    train(cfg)


def dry_run(arguments: list[str]) -> None:
    """What the same arguments would train."""
    from src.lab.sweep import plan

    plan.dry_run(arguments)


if __name__ == "__main__":
    import hydra  # after the project, which says what is missing where nothing is installed

    with leaving():
        cli.main(hydra.main(str(CONF), "config", version_base="1.3")(train), go_on, dry_run)
