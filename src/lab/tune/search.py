"""Hyper-parameters by Optuna, on the validation error alone: the test data is never looked at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import optuna
from omegaconf import OmegaConf
from optuna.trial import FrozenTrial, Trial, TrialState

from src.lab import config
from src.lab.report import tables
from src.lab.tune.space import Space, defaults

METRIC = "val/error"
SHOWN = 10  # of the best trials
SEED = "seed=1000"  # of the trials' data: not one of those that are compared afterwards


def search(folder: Path, fixed: list[str], space: Space, trials: int) -> optuna.Study:
    """Goes on with the study in the folder until it has so many trials. The first is the configuration as it is."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    folder.mkdir(parents=True, exist_ok=True)
    study = optuna.create_study(
        storage=f"sqlite:///{folder / 'study.db'}",
        study_name=folder.name,
        pruner=optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=3),
        load_if_exists=True,
    )
    study.sampler = optuna.samplers.TPESampler(seed=len(study.trials))
    if not study.trials:
        study.enqueue_trial(defaults(fixed, space))
    for left in study.get_trials(states=(TrialState.RUNNING,)):  # by a process that was killed
        study.tell(left.number, state=TrialState.FAIL)
    while len(ended(study)) < trials:
        trial = study.ask(space)
        try:
            error = train(trial, folder, fixed)
            study.tell(trial, error, state=TrialState.PRUNED if error is None else TrialState.COMPLETE)
        except FloatingPointError:  # diverged: no place to go to, but no reason to stop
            study.tell(trial, state=TrialState.PRUNED)
        said = " ".join(f"{key}={short(value)}" for key, value in trial.params.items())
        print(f"[{len(ended(study))}/{trials}] {outcome(study.trials[-1])} · {said}", flush=True)
    return study


def train(trial: Trial, folder: Path, fixed: list[str]) -> float | None:
    """The validation error after training, in percent; None where the trial was hopeless and ended early."""
    from src.lab.callbacks import StopWhenHopeless  # seconds to import
    from src.lab.run import run

    def hopeless(epoch: int, error: float) -> bool:
        trial.report(error, epoch)
        return trial.should_prune()

    cfg = config.compose(SEED, *fixed, *(f"{key}={value}" for key, value in trial.params.items()), "tested=null")
    cfg.job.folder = str(folder / f"trial_{trial.number}")
    cfg.job.swept = True  # no bar
    stop = StopWhenHopeless(METRIC, hopeless)
    result = run(cfg, callbacks=[stop])
    return None if stop.stopped else float(result["metrics"][METRIC])


def ended(study: optuna.Study) -> list[FrozenTrial]:
    """The trials that count."""
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))


def outcome(trial: FrozenTrial) -> str:
    """`val error 2.41 %`, or why there is none."""
    return f"val error {trial.value:.2f} %" if trial.state == TrialState.COMPLETE else "hopeless, ended early"


def short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def write_experiment(study: optuna.Study, folder: Path, fixed: list[str]) -> Path:
    """The best trial as a choice of the `experiment` group, in a config folder of its own below the study."""
    assignments = dict(each.lstrip("+").split("=", 1) for each in fixed if not each.startswith("seed="))
    groups = [key for key in assignments if key in config.groups()]
    values = {key: value for key, value in assignments.items() if key not in groups} | study.best_params
    body = OmegaConf.from_dotlist([f"{key}={value}" for key, value in values.items()])
    before = f", {study.trials[0].value:.2f} % as it was" if study.trials[0].value is not None else ""
    lines = [
        "# @package _global_",
        f"# Found in {len(ended(study))} trials: validation error {study.best_value:.2f} %{before}.",
        *(["defaults:"] if groups else []),
        *(f"  - override /{group}: {assignments[group]}" for group in groups),
        OmegaConf.to_yaml(body).rstrip(),
    ]
    path = folder / "experiment" / f"{folder.name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    return path


def show(study: optuna.Study, folder: Path, fixed: list[str]) -> None:
    """The best trials, and how to go on with the best one."""
    best = sorted(
        (trial for trial in ended(study) if trial.state == TrialState.COMPLETE), key=lambda trial: trial.value or 0.0
    )
    rows = [
        [str(trial.number), *(short(value) for value in trial.params.values()), f"{trial.value:.2f}"]
        for trial in best[:SHOWN]
    ]
    if not rows:
        raise ValueError("no trial came to its end: search where the learning rate is smaller")
    tables.show([["trial", *best[0].params, tables.heading(METRIC)], *rows])
    path = write_experiment(study, folder, fixed)
    print(
        f"{path.relative_to(folder)} holds the best; to compare it over seeds, or copied into conf/experiment for good:"
    )
    print(f"  python -m src.train --config-dir {os.path.relpath(folder)} experiment={path.stem} -m 'seed=range(10)'")
