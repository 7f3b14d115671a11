"""The HPARAMS tab, as TensorBoard's own backend makes it of the runs that it finds."""

from pathlib import Path
from typing import Any

import pytest
from omegaconf import open_dict
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.context import RequestContext
from tensorboard.plugins.base_plugin import TBContext
from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2
from tensorboard.plugins.hparams.backend_context import Context
from tensorboard.plugins.hparams.list_session_groups import Handler

from src.lab.config import compose
from src.lab.dashboard.hparams import hyperparameters
from tests.lab.toy import MANY, TOY

from .runs import AS, board, run

FIRST = 5  # columns of each kind that the tab shows, unless its reader chooses others


class Tab:
    """Columns and rows of all runs below a folder."""

    def __init__(self, folder: Path) -> None:
        multiplexer = EventMultiplexer(tensor_size_guidance={"scalars": 0, "hparams": 0})
        multiplexer.AddRunsFromDirectory(str(folder))
        multiplexer.Reload()
        backend = Context(TBContext(data_provider=MultiplexerDataProvider(multiplexer, str(folder))))
        request, context = api_pb2.ListSessionGroupsRequest(slice_size=100), RequestContext()
        request.allowed_statuses.extend([api_pb2.STATUS_SUCCESS])
        columns = backend.experiment_from_metadata(context, "", True, backend.hparams_metadata(context, ""), [])
        self.columns = {info.name: info.differs for info in columns.hparam_infos}
        self.metrics = [info.name.tag for info in columns.metric_infos]
        rows = Handler(context, backend, "", request).run().session_groups
        self.rows = [{name: _plain(value) for name, value in row.hparams.items()} for row in rows]
        self.values = [{each.name.tag: each.value for each in row.metric_values} for row in rows]

    @property
    def swept(self) -> set[str]:
        return {name for name, differs in self.columns.items() if differs}


def _plain(value: Any) -> Any:
    return getattr(value, value.WhichOneof("kind"))


def test_hparams_are_filled(tmp_path: Path) -> None:
    result = run(tmp_path, "seed=3", "optimizer.lr=0.5", "model.dropout=0.25")
    tab = Tab(tmp_path)
    (row,), (values,) = tab.rows, tab.values
    assert (row["model"], row["seed"], row["optimizer"], row["schedule"]) == ("toy", 3, "SGD", "none")
    assert (row["optimizer.lr"], row["model.dropout"], row["parameters"]) == (0.5, 0.25, result["parameters"])
    assert set(row) == set(tab.columns), "no empty column"
    logged = {name: values[name] for name in result["metrics"]}
    assert logged == {name: pytest.approx(value, rel=1e-4) for name, value in result["metrics"].items()}


def test_no_run_names_columns_for_the_others(tmp_path: Path) -> None:
    run(tmp_path)
    found = board(tmp_path / "tensorboard")
    assert metadata.EXPERIMENT_TAG not in found.summary_metadata
    content = found.summary_metadata[metadata.SESSION_END_INFO_TAG].plugin_data.content
    end = plugin_data_pb2.HParamsPluginData.FromString(content).session_end_info
    assert end.status == api_pb2.STATUS_SUCCESS


def test_whatever_was_swept_has_a_column_and_comes_first(tmp_path: Path) -> None:
    """Also where some of the runs don't have it."""
    for i, overrides in enumerate(
        (
            ["+model.net={width: 4, sizes: [3, 4]}"],
            ["+model.net={width: 8, sizes: [5]}"],
            ["optimizer.lr=0.3"],
            ["seed=1"],
        )
    ):
        run(tmp_path / str(i), AS + "Nested", *overrides)
    tab = Tab(tmp_path)
    assert tab.swept == {"model.net.width", "model.net.sizes", "optimizer.lr", "seed"}
    assert set(list(tab.columns)[: len(tab.swept)]) == tab.swept
    by_run = {row["optimizer.lr"]: row for row in tab.rows} | {row.get("model.net.width"): row for row in tab.rows}
    assert (by_run[4]["model.net.sizes"], by_run[8]["model.net.sizes"]) == ("[3, 4]", "[5]")
    assert "model.net.width" not in by_run[0.3]


TOLD = {
    "callbacks": ["default", "best"],  # a choice
    "threads": ["1", "2"],  # how it is made
    "checkpoint.every": ["1", "3"],
    "tested": ["null", "last"],  # nothing
    "epochs": ["${seed}", "3"],  # what follows another value
    "optimizer": ["sgd", "adam"],
    "max_time": ["'00:01:00:00'", "null"],
    "data.seed": ["4", "5"],
}


def test_whatever_is_told_has_a_column_that_tells_the_runs_apart(tmp_path: Path) -> None:
    for i in range(2):
        run(tmp_path / str(i), "seed=2", *(f"{key}={values[i]}" for key, values in TOLD.items()))
    assert Tab(tmp_path).swept >= TOLD.keys()


def test_what_is_removed_is_told_too() -> None:
    told = hyperparameters(compose(*TOY, "~optimizer.momentum", "+data.root='a [b] c'", "hydra.run.dir=x"), 1)
    assert (told["optimizer.momentum"], told["data.root"]) == ("removed", "a [b] c")
    assert not [name for name in told if name.startswith(("hydra", "job"))]


def test_what_follows_another_value_has_no_column_beside_it() -> None:
    follows = hyperparameters(compose(*TOY, "seed=4"), 1)
    assert "data.seed" not in follows
    assert not [name for name in follows if name.startswith("model.optimizer")]
    assert follows["optimizer.lr"] == 0.1
    assert hyperparameters(compose(*TOY, "data.seed=2"), 1)["data.seed"] == 2, "unless it is set"


def test_parts_are_named_by_their_class() -> None:
    cfg = compose(*TOY)
    with open_dict(cfg):
        cfg.model.net = {"_target_": "torch.nn.Linear", "in_features": 3, "bias": None, "inner": {"deep": True}}
    found = hyperparameters(cfg, 1)
    assert (found["model.net"], found["model.net.in_features"], found["model.net.inner.deep"]) == ("Linear", 3, True)
    assert "model.net.bias" not in found, "nothing says nothing"


def test_the_objective_is_among_the_columns_that_are_shown(tmp_path: Path) -> None:
    """The tab takes the first by the alphabet: bands, rates and losses would come before it."""
    result = run(tmp_path, "runs=4", toy=MANY)
    tab = Tab(tmp_path)
    assert "objective/test/miss" in tab.metrics[:FIRST]
    (values,), (row,) = tab.values, tab.rows
    assert values["objective/test/miss"] == pytest.approx(result["metrics"]["test/miss"], rel=1e-4)
    assert row["runs"] == 4


def test_without_an_objective_there_is_no_column_for_one(tmp_path: Path) -> None:
    run(tmp_path / "none", "objective=null")
    run(tmp_path / "untested", "tested=null")
    assert not [name for name in Tab(tmp_path).metrics if name.startswith("objective")]
