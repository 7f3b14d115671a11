"""What a configuration of pairs brings, and what of it is refused, in one line."""

import pytest

from src.experiments.pairs import schema
from src.lab.config import check, compose
from src.lab.places import ROOT

MODELS = sorted(path.stem for path in (ROOT / "conf" / "experiments" / "pairs" / "model").glob("*.yaml"))


@pytest.mark.long(keep=5)
@pytest.mark.parametrize("model", MODELS)
def test_a_model_is_checked_by_the_schema_of_pairs(model: str) -> None:
    checked = check(compose(f"model={model}"))
    assert isinstance(checked, schema.PairsConfig)
    assert checked.model.aux_weight == compose(f"model={model}").model.aux_weight


def test_a_model_brings_its_data_and_its_optimizer() -> None:
    cfg = compose("model=basic")
    targets = cfg.data._target_, cfg.optimizer._target_
    assert targets == ("src.experiments.pairs.data.PairsData", "torch.optim.Adadelta")
    assert (cfg.epochs, cfg.data.batch_size, cfg.schedule) == (25, 100, None)
    assert compose("model=basic", "optimizer=adam").optimizer._target_ == "torch.optim.Adam"


def test_where_no_model_is_chosen_it_is_report_bs_best() -> None:
    assert compose().job.model == "ws_aux_bn_dropout"


def test_what_a_model_brings_can_be_left_out() -> None:
    brought, left_out = compose("model=best"), compose("model=best", "schedule=constant", "data/augment=none")
    assert brought.schedule is not None and brought.data.augment is not None
    assert left_out.schedule is None and left_out.data.augment is None


def test_the_rate_that_a_report_states_is_adadeltas_alone() -> None:
    assert compose("model=ws_aux").optimizer.lr == 0.1
    assert compose("model=ws_aux", "optimizer.lr=0.5").optimizer.lr == 0.5
    assert compose("model=ws_aux", "optimizer=sgd").optimizer.lr == compose("model=ws", "optimizer=sgd").optimizer.lr


def test_what_clips_each_gradient_by_itself_goes_with_several_networks() -> None:
    clipped = "+trainer.gradient_clip_val=1", "+trainer.gradient_clip_algorithm=value"
    assert compose("model=basic", "runs=5", *clipped).runs == 5
    assert compose("model=basic", clipped[0]).runs == 1


def test_the_seed_of_the_data_follows_the_runs_unless_set() -> None:
    assert compose("model=basic", "seed=4").data.seed == 4
    assert compose("model=basic", "seed=4", "data.seed=2").data.seed == 2
    assert compose("model=basic", "seed=0").data.seed == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["runs=5", "many=null"], r"runs=5: model=basic is trained alone; take -m 'seed=range\(5\)'"),
        (["runs=5", "trainer=ddp"], r"runs=5: trainer\.devices=2, and several networks .* -m 'seed=range\(5\)'"),
        (["runs=5", "callbacks=swa"], "runs=5: averaged weights .*of one network"),
        (["runs=5", "+trainer.gradient_clip_val=1"], r"runs=5: trainer\.gradient_clip_val clips by the norm of all"),
        (["runs=5", "optimizer._target_=torch.optim.LBFGS"], r"runs=5: torch\.optim\.LBFGS may do with one network's"),
        (["runs=5", "+schedule={_target_: torch.optim.lr_scheduler.ReduceLROnPlateau}"], "runs=5: .* watches a mean"),
        (["runs=5", "many=5"], r"many=5 .*valid string"),
        (["~data.train_pairs"], "a pairs model doesn't learn.*take data=mnist20k or data=mnist"),
        (["optimizer=none"], "a pairs model needs an optimizer: take optimizer=adadelta, adam, adamw, momentum or sgd"),
        (["+schedule={_target_: mine.cosine}"], "can't follow the schedule chosen: take schedule=onecycle"),
        (["model.aux_weight=-1"], r"model\.aux_weight=-1 .*greater than or equal to 0"),
        (["model.aux_schedule=cosine"], r"model\.aux_schedule=cosine .*'constant', 'linear' or 'digits_first'"),
        (["model.label_smoothing=1"], r"model\.label_smoothing=1 .*less than 1"),
        (["model.readout=vote"], r"model\.readout=vote .*'head', 'argmax' or 'bayes'"),
        (["model.sharpness=0"], r"model\.sharpness=0 .*greater than 0"),
        (["model.shifts=2"], r"model\.shifts=2 .*valid boolean"),
        (["model.init=zero"], r"model\.init=zero .*'default' or 'uniform_fan_in'"),
        (["model=ws", "model.dropout=1.5"], r"model\.dropout=1\.5 .*less than 1"),
        (["model=ws", "model.aux_at=head"], r"model\.aux_at=head .*'logits' or 'features'"),
        (["model=ws", "model.head_sees=images"], r"model\.head_sees=images .*'probabilities' or 'logits'"),
        (["data.batch_size=0"], r"data\.batch_size=0 .*greater than 0"),
        (["data.train_pairs=0"], r"data\.train_pairs=0 .*greater than 0"),
        (["data.folds=5"], r"data\.folds=5 needs a fold: take -m 'data\.fold=range\(5\)'"),
        (["data.folds=21", "data.fold=0", "data.train_pairs=20"], r"data\.folds=21 .*data\.train_pairs=20 are fewer"),
        (["data=mnist", "data.folds=5", "data.fold=5"], r"data\.fold=5 won't do: the last of data\.folds=5 is 4"),
        (["data=mnist", "data.download=1"], r"data\.download=1 .*valid boolean"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_does_not_go_together_is_refused_in_one_line(arguments: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said) as refused:
        compose("model=basic", *arguments)
    assert "\n" not in str(refused.value)
