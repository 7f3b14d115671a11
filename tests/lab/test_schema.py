"""What a configuration is checked by: the common part, an experiment's own, and that whatever is chosen is used."""

from pathlib import Path
from typing import Annotated, Any, ClassVar

import pytest
import torch
from pydantic import Field, PositiveInt, model_validator

from src.lab.config import check, compose
from src.lab.module import build_model
from src.lab.schema import Config, Folds, Positive, Probability, Section, Seed

from .running import run
from .toy import MANY, TOY
from .toy.module import Toy


class ToySettings(Section):
    hidden: PositiveInt
    dropout: Probability = 0.0


class ToySet(Folds):
    pool: ClassVar[str] = "items"

    seed: Seed
    batch_size: PositiveInt
    items: Annotated[int, Field(gt=0, multiple_of=2)]


class ToyConfig(Config):
    """What the toy's schema would be."""

    model: ToySettings
    data: ToySet

    @model_validator(mode="after")
    def _goes_together(self) -> "ToyConfig":
        if self.data.batch_size > self.data.items:
            raise ValueError(f"data.batch_size={self.data.batch_size} is more than there are data.items")
        return self


class Stricter(ToyConfig):
    """Allows fewer learning rates than the common part."""

    class Smaller(Section):
        lr: Annotated[float, Field(lt=1)]

    optimizer: Smaller  # type: ignore[assignment]


class Settled(Toy):
    """Takes what the schema has checked."""

    def __init__(self, settings: ToySettings, optimizer: Any) -> None:
        super().__init__(optimizer, hidden=settings.hidden, dropout=settings.dropout)
        self.settings = settings


class Own(Toy):
    """Makes its own optimizer."""

    def __init__(self, hidden: int, dropout: float, **rest: Any) -> None:
        super().__init__(lambda parameters: torch.optim.Adam(parameters, 0.01), None, hidden, dropout)


OWN = [*TOY, f"schema={__name__}.ToyConfig"]


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("data.batch_size=0", r"data\.batch_size=0 won't do: it should be greater than 0"),
        ("data.items=3", r"data\.items=3 .*multiple of 2"),
        ("data.items=-2", r"data\.items=-2 .*greater than 0"),
        ("model.hidden=2.5", r"model\.hidden=2\.5 .*integer"),
        ("model.dropout=1.5", r"model\.dropout=1\.5 .*less than 1"),
        ("model.dropout=none", r"model\.dropout=none .*number"),
        ("data.batch_size=41", r"data\.batch_size=41 is more than there are data\.items"),
    ],
)
def test_an_experiment_checks_its_own_part(argument: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}"):
        compose(*OWN, argument)
    assert compose(*TOY, argument), "without its schema, nobody knows better"


@pytest.mark.parametrize(
    ("folds", "fold", "said"),
    [
        (5, None, r"data\.folds=5 needs a fold: take -m 'data\.fold=range\(5\)'"),
        (None, 1, r"data\.fold=1 needs data\.folds, which says how many there are"),
        (1, 0, r"data\.folds=1 won't do: it should be greater than or equal to 2"),
        (41, 0, r"data\.folds=41 won't do: data\.items=40 are fewer"),
        (5, 5, r"data\.fold=5 won't do: the last of data\.folds=5 is 4"),
        (5, -1, r"data\.fold=-1 won't do: it should be greater than or equal to 0"),
    ],
)
def test_a_fold_that_there_is_not_is_refused(folds: int | None, fold: int | None, said: str) -> None:
    asked = [f"data.{key}={'null' if value is None else value}" for key, value in (("folds", folds), ("fold", fold))]
    with pytest.raises(ValueError, match=f"^{said}$"):
        compose(*OWN, "data=toy_folds", *asked)
    assert compose(*OWN, "data=toy_folds", "data.folds=40", "data.fold=39").data.fold == 39


def test_all_that_is_wrong_is_said_at_once_and_what_follows_another_key_but_once() -> None:
    with pytest.raises(ValueError, match="won't do") as caught:
        compose(*OWN, "seed=-1", "epochs=0", "model.hidden=0")  # and with the seed, data.seed
    said = sorted(str(caught.value).split("; "))
    assert [each.partition(" won't do: it should be greater than ")[::2] for each in said] == [
        ("epochs=0", "0"), ("model.hidden=0", "0"), ("seed=-1", "or equal to 0"),
    ]  # fmt: skip


def test_a_schema_may_narrow_the_common_part() -> None:
    assert compose(*OWN, "optimizer.lr=2").optimizer.lr == 2
    with pytest.raises(ValueError, match=r"optimizer\.lr=2 .*less than 1"):
        compose(*TOY, f"schema={__name__}.Stricter", "optimizer.lr=2")


def test_a_module_is_handed_the_section_that_its_schema_has_checked() -> None:
    module = f"+model.module={{_target_: {__name__}.Settled, optimizer: '${{optimizer}}'}}"
    cfg = compose(*OWN, "~model._target_", "~model.optimizer", module, "model.hidden=12")
    made = build_model(cfg, check(cfg))
    assert isinstance(made, Settled)
    assert isinstance(made.settings, ToySettings)
    assert made.net[0].out_features == made.settings.hidden == 12


def test_the_common_part_has_no_say_in_what_a_metric_is_called() -> None:
    cfg = compose(*TOY, "+metrics.r2={better: higher}", "monitor=r2", "mode=max", "objective=null")
    checked = check(cfg)
    assert checked.metrics["r2"].better == "higher"
    assert (checked.metrics["r2"].unit, checked.metrics["r2"].unlearnt) == ("", None)
    for wrong in "{better: more}", "{unit: 3}", "{higher: true}", "{unlearnt: much}":
        with pytest.raises(ValueError, match=r"metrics\.r2"):
            compose(*TOY, f"+metrics.r2={wrong}")


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (["~model.optimizer"], r"^nothing uses the optimizer chosen, model=toy makes its own: take optimizer=none"),
        (["~model.optimizer", "optimizer=adam"], r"^nothing uses the optimizer chosen"),
        (["model.optimizer=null"], r"^nothing uses the optimizer chosen"),
        (["model=toy_many", "schedule=onecycle", "+schedule.total_steps=8"],
         r"^nothing uses the schedule chosen, model=toy_many makes its own: take schedule=constant, or "),
        (["runs=3"], r"^runs=3: model=toy is trained alone; take -m 'seed=range\(3\)'$"),
        (["runs=0"], r"^runs=0 .*greater than 0"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_nothing_refers_to_can_not_be_chosen(chosen: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        compose(*TOY, *chosen)


def test_what_is_referred_to_anywhere_below_the_model_or_the_data_can_be_chosen() -> None:
    assert compose(*TOY, "optimizer=adam").optimizer._target_ == "torch.optim.Adam"
    assert compose(*TOY, "schedule=onecycle").schedule is not None
    assert compose(*MANY, "runs=3").runs == 3
    assert compose(*TOY, "+model.parts=[{all: '${runs}'}]", "runs=3").runs == 3
    assert compose(*TOY, "+data.networks=${runs}", "runs=3").runs == 3
    assert compose(*TOY, "model.optimizer=null", "optimizer=none").optimizer is None
    assert compose(*TOY, "~model.optimizer", "+model.rate=${optimizer.lr}").optimizer.lr == 0.1


def test_a_module_that_makes_its_own_optimizer_is_trained_without_one(tmp_path: Path) -> None:
    result = run(tmp_path, f"model._target_={__name__}.Own", "model.optimizer=null", "optimizer=none")
    assert result["status"] == "completed"


def test_ranges_are_those_of_their_names() -> None:
    class Ranges(Section):
        positive: Positive
        probability: Probability

    assert Ranges(positive=0.1, probability=0.0)
    for wrong in {"positive": 0.0}, {"probability": 1.0}, {"positive": float("inf")}, {"probability": float("nan")}:
        with pytest.raises(ValueError, match="validation error"):
            Ranges(**({"positive": 1.0, "probability": 0.5} | wrong))


@pytest.mark.parametrize(("seed", "runs", "fits"), [(2**32 - 1, 1, True), (2**32 - 3, 3, True), (2**32 - 2, 3, False)])
def test_each_of_the_networks_trained_at_once_needs_a_seed(seed: int, runs: int, fits: bool) -> None:
    typed = [*MANY, f"seed={seed}", f"runs={runs}"]
    if fits:
        assert compose(*typed).seed == seed
    else:
        with pytest.raises(ValueError, match="seed=4294967294 won't do with runs=3: seeds end at 4294967295"):
            compose(*typed)
