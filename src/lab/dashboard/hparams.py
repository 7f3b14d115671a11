"""A run's row in TensorBoard's HPARAMS tab, and the same figures for other loggers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from omegaconf import DictConfig, OmegaConf
from pytorch_lightning.loggers import Logger, TensorBoardLogger
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2

from src.lab.records import results

Value = str | float | int | bool

# What some models or optimizers don't have, and what that amounts to. TensorBoard takes its columns from the first run
# that it finds, for all runs: so all have these.
WITHOUT: dict[str, Value] = {
    "schedule": "none",
    "optimizer.momentum": 0.0,
    "optimizer.weight_decay": 0.0,
    "data.augment": "none",
    "model.dropout": 0.0,
    "model.batch_norm": False,
}
METRICS = ("test/error", "test/digit_error", "test/loss", "val/error", "val/digit_error", "val/loss", "train/error")
FIRST = ("model", "seed", "optimizer", "optimizer.lr", "model.dropout")  # TensorBoard shows five until asked for more
# What says how or where a run is made, or follows other values.
APART = {*results.NOT_DEFINING, "callbacks", "trainer", "threads", "data.seed", "data.runs"} - {"seed"}


def hyperparameters(cfg: DictConfig, parameters: int) -> dict[str, Value]:
    """What a run was made with, flat, but for what is null and what only puts other values together."""
    plain: Any = OmegaConf.to_container(cfg, resolve=True)
    chosen: dict[str, Value] = {"model": cfg.job.model, "parameters": parameters}
    for group in "optimizer", "schedule":
        if plain[group]:
            chosen[group] = plain[group]["_target_"].rpartition(".")[2]
    if plain["data"].get("augment"):
        plain["data"]["augment"] = plain["data"]["augment"]["_target_"].rpartition(".")[2]
    flat: dict[str, Value] = {}
    for name, node in plain.items():
        if isinstance(node, dict) and name not in APART:
            flat |= {f"{name}.{key}": value for key, value in node.items() if isinstance(value, Value)}
        elif isinstance(node, Value):
            flat[name] = node
    kept = {name: value for name, value in flat.items() if name not in APART and not name.endswith("_")}
    return WITHOUT | chosen | kept


def log(loggers: Iterable[Logger], values: dict[str, Value], metrics: dict[str, float]) -> None:
    """Tells each logger in its own way; those that keep hyper-parameters alone have the metrics logged already."""
    for logger in loggers:
        if isinstance(logger, TensorBoardLogger):
            writer = logger.experiment._get_file_writer()
            for summary in session(values, metrics):
                writer.add_summary(summary)
            writer.flush()  # a sweep's process lives on
        else:
            logger.log_hyperparams(values)


def session(values: dict[str, Value], metrics: dict[str, float]) -> list[Summary]:
    """The columns of the tab, the run's hyper-parameters, and that it has ended."""
    infos = [api_pb2.HParamInfo(name=name, type=_type(value), differs=name in FIRST) for name, value in values.items()]
    shown = [api_pb2.MetricInfo(name=api_pb2.MetricName(tag=tag)) for tag in METRICS if tag in metrics]
    start = plugin_data_pb2.SessionStartInfo()
    for name, value in values.items():
        kind = "string_value" if isinstance(value, str) else "bool_value" if isinstance(value, bool) else "number_value"
        setattr(start.hparams[name], kind, value)
    end = plugin_data_pb2.SessionEndInfo(status=api_pb2.STATUS_SUCCESS)
    experiment = api_pb2.Experiment(hparam_infos=infos, metric_infos=shown)
    return [
        _summary(metadata.EXPERIMENT_TAG, plugin_data_pb2.HParamsPluginData(experiment=experiment)),
        _summary(metadata.SESSION_START_INFO_TAG, plugin_data_pb2.HParamsPluginData(session_start_info=start)),
        _summary(metadata.SESSION_END_INFO_TAG, plugin_data_pb2.HParamsPluginData(session_end_info=end)),
    ]


def _type(value: Value) -> Any:
    """As TensorBoard calls it."""
    if isinstance(value, bool):
        return api_pb2.DATA_TYPE_BOOL
    return api_pb2.DATA_TYPE_FLOAT64 if isinstance(value, int | float) else api_pb2.DATA_TYPE_STRING


def _summary(tag: str, data: plugin_data_pb2.HParamsPluginData) -> Summary:
    content = plugin_data_pb2.HParamsPluginData(version=metadata.PLUGIN_DATA_VERSION)
    content.MergeFrom(data)
    plugin = SummaryMetadata.PluginData(plugin_name=metadata.PLUGIN_NAME, content=content.SerializeToString())
    return Summary(value=[Summary.Value(tag=tag, metadata=SummaryMetadata(plugin_data=plugin))])
