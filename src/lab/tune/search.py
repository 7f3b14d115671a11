"""Hyper-parameters by Optuna, on the validation alone: the test data is never looked at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import optuna
from omegaconf import DictConfig, OmegaConf
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, Trial, TrialState

from .. import config
from ..places import groups
from ..records.metrics import in_words, title
from ..records.results import described
from ..report import screen
from .space import Space, defaults

SHOWN = 10  # of the best trials
SEED = "seed=1000"  # of the trials' data: not one of those that are compared afterwards
DIRECTIONS = {"min": StudyDirection.MINIMIZE, "max": StudyDirection.MAXIMIZE}


class Search:
    """A study in a folder, of what is `fixed`, over a space.

    Raises:
        ValueError: the model names no monitor, or not its mode.
    """

    def __init__(self, folder: Path, fixed: list[str], space: Space) -> None:
        self.folder, self.fixed, self.space = folder, fixed, space
        cfg = config.compose(*fixed)
        if None in (cfg.monitor, cfg.mode):
            raise ValueError(f"what model={cfg.job.model} is searched by must be named: monitor=… mode=min or mode=max")
        self.metric: str = cfg.monitor
        self.unit: str = described(cfg, [self.metric])["units"].get(self.metric, "")
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        folder.mkdir(parents=True, exist_ok=True)
        self.study = optuna.create_study(
            storage=f"sqlite:///{folder / 'study.db'}",
            study_name=folder.name,
            direction=DIRECTIONS[cfg.mode],
            pruner=optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=3),
            load_if_exists=True,
        )

    def run(self, trials: int) -> None:
        """Goes on until there are so many trials. The first is the configuration as it is."""
        study = self.study
        study.sampler = optuna.samplers.TPESampler(seed=len(study.trials))
        if not study.trials:
            study.enqueue_trial(defaults(self.fixed, self.space))
        for left in study.get_trials(states=(TrialState.RUNNING,)):  # by a process that was killed
            study.tell(left.number, state=TrialState.FAIL)
        while len(self.ended()) < trials:
            trial = study.ask(self.space)
            try:
                value = self._train(trial)
                study.tell(trial, value, state=TrialState.PRUNED if value is None else TrialState.COMPLETE)
            except FloatingPointError:  # diverged: no place to go to, but no reason to stop
                study.tell(trial, state=TrialState.PRUNED)
            said = " ".join(f"{key}={short(value)}" for key, value in trial.params.items())
            print(f"[{len(self.ended())}/{trials}] {self._outcome(study.trials[-1])} · {said}", flush=True)

    def ended(self) -> list[FrozenTrial]:
        """The trials that count."""
        return self.study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))

    def show(self) -> None:
        """The best trials, and how to go on with the best one.

        Raises:
            ValueError: no trial came to its end.
        """
        complete = [trial for trial in self.ended() if trial.state == TrialState.COMPLETE]
        lower = self.study.direction == StudyDirection.MINIMIZE
        best = sorted(complete, key=lambda trial: trial.value or 0.0, reverse=not lower)
        if not best:
            raise ValueError("no trial came to its end: search where the learning rate is smaller")
        figures = [[short(value) for value in trial.params.values()] for trial in best]
        rows = [[str(t.number), f"{t.value:.4g}", *row] for t, row in zip(best[:SHOWN], figures, strict=False)]
        screen.show([["trial", title(self.metric), *best[0].params], *rows])
        path, folder = self.write_preset(), os.path.relpath(self.folder)
        print(
            f"{path.relative_to(self.folder)} holds the best; to compare it over seeds, or copied into conf for good:"
        )
        print(f"  python -m src.train --config-dir {folder} experiment={path.stem} -m 'seed=range(10)'")

    def write_preset(self) -> Path:
        """The best trial as a choice of the `experiment` group, in a config folder of its own below the study."""
        kept = [each.lstrip("+") for each in self.fixed if not each.startswith(("seed=", "hydra"))]
        assignments = dict(each.split("=", 1) for each in kept)
        chosen = [key for key in assignments if key in groups()]
        values = {key: value for key, value in assignments.items() if key not in chosen} | self.study.best_params
        first = self.study.trials[0].value
        before = f", {in_words(self.metric, first, self.unit)} as it was" if first is not None else ""
        best = in_words(self.metric, self.study.best_value, self.unit)
        lines = [
            "# @package _global_",
            f"# Found in {len(self.ended())} trials: {best}{before}.",
            *(["defaults:"] if chosen else []),
            *(f"  - override /{group}: {assignments[group]}" for group in chosen),
            OmegaConf.to_yaml(OmegaConf.from_dotlist([f"{key}={value}" for key, value in values.items()])).rstrip(),
        ]
        path = self.folder / "experiment" / f"{self.folder.name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines) + "\n")
        return path

    def _train(self, trial: Trial) -> float | None:
        """The monitor after training; None where the trial was hopeless and ended early."""
        from ..callbacks import StopWhenHopeless  # seconds to import
        from ..train import run

        def hopeless(epoch: int, value: float) -> bool:
            trial.report(value, epoch)
            return trial.should_prune()

        chosen = [f"{key}={value}" for key, value in trial.params.items()]
        cfg: DictConfig = config.compose(SEED, *self.fixed, *chosen, "tested=null")
        cfg.job.folder = str(self.folder / f"trial_{trial.number}")
        cfg.job.swept = True  # no bar
        stop = StopWhenHopeless(self.metric, hopeless)
        metrics = run(cfg, callbacks=[stop])["metrics"]
        if self.metric not in metrics:
            raise ValueError(f"the model logs no {self.metric}; there are {', '.join(metrics)}")
        return None if stop.stopped else metrics[self.metric]

    def _outcome(self, trial: FrozenTrial) -> str:
        """`val acc 0.912`, or why there is none."""
        complete = trial.state == TrialState.COMPLETE
        return in_words(self.metric, trial.value, self.unit) if complete else "hopeless, ended early"


def short(value: Any) -> str:
    """A value as a line has room for it."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)
