"""What a configuration of disk brings, and what of it is refused, in one line."""

import pytest

from src.experiments.disk import schema
from src.lab.config import check, compose
from src.lab.places import ROOT

MODELS = sorted(path.stem for path in (ROOT / "conf" / "experiments" / "disk" / "model").glob("*.yaml"))


@pytest.mark.parametrize("model", MODELS)
def test_a_model_is_checked_by_the_schema_of_disk(model: str) -> None:
    checked = check(compose(f"model={model}"))
    assert isinstance(checked, schema.DiskConfig)
    assert checked.model.widths == compose(f"model={model}").model.widths


def test_a_model_brings_its_data_and_its_optimizer() -> None:
    cfg = compose("model=disk_relu")
    assert (cfg.data._target_, cfg.optimizer._target_) == ("src.experiments.disk.data.DiskData", "src.minidl.optim.SGD")
    assert (cfg.epochs, cfg.model.activation) == (400, "relu")
    assert compose("model=disk_tanh", "optimizer=adam").optimizer._target_ == "src.minidl.optim.Adam"
    assert compose("model=disk_one_output").data.targets == "zero_one"


def test_what_a_model_brings_can_be_left_out() -> None:
    assert compose("model=disk_best").schedule._target_ == "src.minidl.schedules.cosine"
    assert compose("model=disk_best", "schedule=constant").schedule is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["~data.train_points"], "a disk model doesn't learn from the data chosen: take data=disk"),
        (["optimizer=none"], "minidl.*take optimizer=sgd, optimizer=adadelta, optimizer=adam"),
        (["optimizer=adamw"], "minidl.*take optimizer=sgd, optimizer=adadelta, optimizer=adam"),
        (["schedule=onecycle"], "take schedule=cosine, linear or constant"),
        (["trainer=ddp"], "one device"),
        (["+trainer.gradient_clip_val=1"], r"trainer\.gradient_clip_val does nothing here, .*: leave it out"),
        (["+trainer.accumulate_grad_batches=2"], r"trainer\.accumulate_grad_batches does nothing here"),
        (["callbacks=swa"], r"add model\.epochs_per_step=1"),
        (["runs=0"], "runs=0 .*greater than 0"),
        (["data.train_points=1"], r"data\.train_points=1 .*greater than 1"),
        (["data.folds=5"], r"data\.folds=5 needs a fold: take -m 'data\.fold=range\(5\)'"),
        (["data.folds=21", "data.fold=0", "data.train_points=20"], r"data\.folds=21 .*data\.train_points=20 are fewer"),
        (["data.folds=2", "data.fold=1", "data.train_points=3"], r"leaves one of data\.train_points=3 to train on"),
        (["data.batch_size=0"], r"data\.batch_size=0 .*greater than 0"),
        (["data.standardize=2"], r"data\.standardize=2 .*valid boolean"),
        (["model.activation=gelu"], r"model\.activation=gelu .*'relu', 'tanh' or 'sigmoid'"),
        (["model.output=softmax"], r"model\.output=softmax .*'relu', 'tanh' or 'sigmoid'"),
        (["model.init=zero"], r"model\.init=zero .*'uniform_fan_in', 'normal_fan_in', 'xavier' or 'he'"),
        (["model.targets=words"], r"model\.targets=words .*'one_hot', 'zero_one' or 'signed'"),
        (["model.dropout=1"], r"model\.dropout=1 .*less than 1"),
        (["model.threshold=high"], r"model\.threshold=high .*number"),
        (["model.epochs_per_step=0"], r"model\.epochs_per_step=0 .*greater than 0"),
        (["model.widths=[2]"], r"model\.widths=\[2\] .*at least 2"),
        (["model.stop_gradient=0"], r"model\.stop_gradient=0 .*greater than 0"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_does_not_go_together_is_refused_in_one_line(arguments: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said) as refused:
        compose("model=disk_tanh", *arguments)
    assert "\n" not in str(refused.value)
