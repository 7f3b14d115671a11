"""Hyper-parameters by Optuna, on the validation alone: the test data is never looked at."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import optuna
from omegaconf import DictConfig
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, Trial, TrialState

from .. import config
from ..records.found import STUDY
from ..records.metrics import in_words, title
from ..records.results import described
from ..report import screen
from .preset import Preset
from .space import SEED, Space, inside, signature, values_before

AS_IT_IS = "as it is"  # a mark of the trial that changes nothing
SHOWN = 10  # of the best trials
DIRECTIONS = {"min": StudyDirection.MINIMIZE, "max": StudyDirection.MAXIMIZE}


class Search:
    """A study in a folder, of what is `fixed`, over a space.

    Raises:
        ValueError: the model names no monitor, or not its mode; or the folder holds a study of something else.
    """

    def __init__(self, folder: Path, fixed: list[str], space: Space) -> None:
        self.folder, self.fixed, self.space = folder, fixed, space
        self.before = values_before(fixed, space)
        cfg = config.compose(*fixed)
        if None in (cfg.monitor, cfg.mode):
            raise ValueError(f"what model={cfg.job.model} is searched by must be named: monitor=… mode=min or mode=max")
        self.metric: str = cfg.monitor
        self.unit: str = described(cfg, [self.metric])["units"].get(self.metric, "")
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        folder.mkdir(parents=True, exist_ok=True)
        connect = lambda: sqlite3.connect(folder / STUDY, check_same_thread=False)  # noqa: E731, no path in a URL
        storage = optuna.storages.RDBStorage(f"sqlite:///{STUDY}", engine_kwargs={"creator": connect})
        name = signature(fixed, space)
        if set(optuna.get_all_study_names(storage)) - {name}:
            raise ValueError(
                f"{folder} holds a study of another configuration or space: leave out --study, or name a new folder"
            )
        self.study = optuna.create_study(
            storage=storage,
            study_name=name,
            direction=DIRECTIONS[cfg.mode],
            pruner=optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=3),
            load_if_exists=True,
        )

    def run(self, trials: int) -> None:
        """Goes on until there are so many trials. The first is the configuration as it is."""
        study = self.study
        study.sampler = optuna.samplers.TPESampler(seed=len(study.trials))
        for left in study.get_trials(states=(TrialState.RUNNING,)):  # by a process that was killed
            study.tell(left.number, state=TrialState.FAIL)
        while len(self.ended()) < trials:
            trial = self._ask()
            try:
                value = self._train(trial)
                study.tell(trial, value, state=TrialState.PRUNED if value is None else TrialState.COMPLETE)
            except FloatingPointError:  # diverged: no place to go to, but no reason to stop
                study.tell(trial, state=TrialState.PRUNED)
            said = " ".join(f"{key}={short(value)}" for key, value in self._values(study.trials[-1]).items())
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
        rows = [[str(t.number), f"{t.value:.4g}", *map(short, self._values(t).values())] for t in best[:SHOWN]]
        screen.show([["trial", title(self.metric), *self.space], *rows])
        preset = Preset(self.folder, [*self.fixed, *self._chosen(best[0])])
        figures = [in_words(self.metric, trial.value, self.unit) for trial in (best[0], *filter(_as_it_is, complete))]
        preset.write(
            f"Found in {len(self.ended())} trials: {figures[0]}{f', {figures[1]} as it was' * len(figures[1:])}."
        )
        place = preset.path.relative_to(self.folder)
        print(f"{place} holds the best; to compare it over seeds, or copied into conf for good:")
        print(f"  {preset.command()}")

    def _ask(self) -> Trial:
        """The next trial; the first is the configuration as it is, without parameters if that is not in the space."""
        if any(map(_as_it_is, self.ended())):
            return self.study.ask(self.space)
        known = inside(self.before, self.space)
        if known is not None:
            self.study.enqueue_trial(known)
        trial = self.study.ask(self.space if known is not None else {})
        trial.set_user_attr(AS_IT_IS, True)
        return trial

    def _chosen(self, trial: FrozenTrial | Trial) -> list[str]:
        """The overrides that make a trial of what is fixed."""
        return [] if _as_it_is(trial) else [f"{key}={value}" for key, value in trial.params.items()]

    def _values(self, trial: FrozenTrial) -> dict[str, Any]:
        return {key: trial.params.get(key, before) for key, before in self.before.items()}

    def _train(self, trial: Trial) -> float | None:
        """The monitor after training; None where the trial was hopeless and ended early."""
        from ..callbacks import StopWhenHopeless  # seconds to import
        from ..train import run

        def hopeless(epoch: int, value: float) -> bool:
            trial.report(value, epoch)
            return trial.should_prune()

        cfg: DictConfig = config.compose(SEED, *self.fixed, *self._chosen(trial), "tested=null")
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


def _as_it_is(trial: FrozenTrial | Trial) -> bool:
    return AS_IT_IS in trial.user_attrs


def short(value: Any) -> str:
    """A value as a line has room for it."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)
