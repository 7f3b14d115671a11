"""A run's row in TensorBoard's HPARAMS tab, and the same figures for other loggers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from omegaconf import DictConfig, OmegaConf
from pytorch_lightning.loggers import Logger, TensorBoardLogger
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2

from .. import private
from ..places import groups
from ..records.results import Result
from ..records.signature import NOT_DEFINING

Value = str | float | int | bool

# What says how or where a run is made.
APART = {*NOT_DEFINING, "callbacks", "trainer", "threads", "schema", "model.module"} - {"seed"}
UNTOLD = "resume", "sweep"  # of the overrides: not what the run is
OBJECTIVE = "objective"
FOLLOWS = re.compile(r"^\$\{[\w.]+\}$")  # the value of another key


def log(loggers: Iterable[Logger], cfg: DictConfig, result: Result) -> None:
    """Tells each logger in its own way what a run was made with; the metrics are logged already."""
    values = hyperparameters(cfg, result["parameters"])
    for logger in loggers:
        if isinstance(logger, TensorBoardLogger):
            writer = private.file_writer(logger)
            for summary in session(values):
                writer.add_summary(summary)
            if (value := result["metrics"].get(cfg.objective)) is not None:
                writer.add_summary(objective(cfg.objective, value), result["epochs"])
            writer.flush()  # a sweep's process lives on
        else:
            logger.log_hyperparams(values)


def hyperparameters(cfg: DictConfig, parameters: int) -> dict[str, Value]:
    """What a run was made with, flat: all that it was told, whatever that is, and of the rest what is not null and
    follows no other value; a class by its name.
    """
    plain: Any = OmegaConf.to_container(cfg, resolve=True)
    written: Any = OmegaConf.to_container(cfg, resolve=False)
    chosen = {"model": cfg.job.model, "parameters": parameters}
    for key in "optimizer", "schedule":
        chosen[key] = plain[key]["_target_"].rpartition(".")[2] if plain[key] else "none"
    found = chosen | {key: value for key, value in _flat(plain, written, "") if not key.endswith("_partial_")}
    return dict(_told(cfg, found)) | found


def _told(cfg: DictConfig, found: Iterable[str]) -> Iterator[tuple[str, Value]]:
    """The overrides of which nothing is found: choices by their name, values as they are, `null` and `removed` too."""
    chosen = set(groups())
    for override in cfg.job.overrides:
        key, assigned, said = override.lstrip("+~").partition("=")
        if key in found or key in UNTOLD or key.startswith("hydra."):
            continue
        value = None if key in chosen else OmegaConf.select(cfg, key)
        if not OmegaConf.is_config(value):
            yield key, value if isinstance(value, Value) else said if assigned else "removed"
        elif not any(name.startswith(f"{key}.") for name in found):
            yield key, said


def _flat(node: dict[str, Any], written: dict[str, Any], prefix: str) -> Iterator[tuple[str, Value]]:
    for name, value in node.items():
        key = f"{prefix}{name}"
        if key in APART or value is None or FOLLOWS.match(str(written[name])):
            continue
        if isinstance(value, dict):
            inner = written[name] if isinstance(written[name], dict) else value  # a resolver may have made all of it
            yield from _flat(value, inner, f"{key}.")
        elif name == "_target_":
            if prefix.count(".") > 1:  # of a part; the sections' own are chosen by name
                yield prefix.rstrip("."), str(value).rpartition(".")[2]
        else:
            yield key, value if isinstance(value, Value) else str(value)


def session(values: dict[str, Value]) -> list[Summary]:
    """The run's hyper-parameters, and that it has ended. TensorBoard makes its columns from those of all the runs that
    it finds, first those that differ; if a run named columns, it would take them for all.
    """
    start = plugin_data_pb2.SessionStartInfo()
    for name, value in values.items():
        kind = "string_value" if isinstance(value, str) else "bool_value" if isinstance(value, bool) else "number_value"
        setattr(start.hparams[name], kind, value)
    end = plugin_data_pb2.SessionEndInfo(status=api_pb2.STATUS_SUCCESS)
    return [
        _summary(metadata.SESSION_START_INFO_TAG, plugin_data_pb2.HParamsPluginData(session_start_info=start)),
        _summary(metadata.SESSION_END_INFO_TAG, plugin_data_pb2.HParamsPluginData(session_end_info=end)),
    ]


def objective(metric: str, value: float) -> Summary:
    """The metric that is compared once more, under a name that comes before the others: of all that a run logs, the tab
    shows the first five by the alphabet, unless its reader chooses others.
    """
    return Summary(value=[Summary.Value(tag=f"{OBJECTIVE}/{metric}", simple_value=value)])


def _summary(tag: str, data: plugin_data_pb2.HParamsPluginData) -> Summary:
    content = plugin_data_pb2.HParamsPluginData(version=metadata.PLUGIN_DATA_VERSION)
    content.MergeFrom(data)
    plugin = SummaryMetadata.PluginData(plugin_name=metadata.PLUGIN_NAME, content=content.SerializeToString())
    return Summary(value=[Summary.Value(tag=tag, metadata=SummaryMetadata(plugin_data=plugin))])
