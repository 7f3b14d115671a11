"""What people might type: arguments of the commands and yaml files of their own, most of them wrong."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from tests.lab.toy import TOY

NAMES = (
    "seed", "epochs", "threads", "runs", "resume", "max_time", "monitor", "mode", "objective", "metrics", "tested",
    "figures", "checkpoint", "checkpoint.every", "fail_fast", "gpu.share", "trust", "schema", "views", "optimizer.lr",
    "optimizer.momentum", "optimizer._target_", "model", "model.hidden", "model.dropout", "model._target_", "data",
    "data.items", "data.batch_size", "data.seed", "optimizer", "schedule", "trainer", "trainer.max_epochs", "logger",
    "callbacks", "callbacks.bar", "experiment", "sweep", "debug", "default", "job", "job.model", "job.folder", "hydra",
    "hydra.run.dir", "hydra.sweep.dir", "hydra.sweep.subdir", "hydra.launcher.workers", "hydra/launcher",
    "hydra.sweeper.params", "hydra.mode", "hydra.job.chdir", "hydra.searchpath", "hydra.output_subdir", "_target_",
)  # fmt: skip
NUMBERS = (
    "-1", "0", "1", "2", "0.5", "1.5", "1e400", "-1e400", "nan", "inf", "-0.0", "1e-400", "0x1f", "1_000",
    str(2**32 - 1), str(2**32), str(2**64), "9" * 400, "١", "½", "1,5", "1 000", "+1", ".5", "5.", "1e", "--1",
)  # fmt: skip
WORDS = (
    "", "null", "true", "false", "toy", "toy_wide", "toyy", "Toy", "sgd", "adam", "best", "default", "none", "cpu",
    "quiet", "single", "min", "seeds10", "{}", "[]", "[1]", "{a: 1}", "[1,[2]]", "{lr: -1}", "''", '""', "nowhere",
    "src.lab.schema.Config", "tests.lab.toy.module.Toy", "os.system", "torch.os.system", "torch.nn", "a.b.c", "..", "/",
    "~", "00:00:00:01", "1:2", "überall", "日本", "\u202e", "\U0001f600", "a b", "a\nb", "a\tb", "\x1b[31m", "\udcff",
    "a" * 300, "a=b", "=", "%s", "\\", "*", "?", "!", "#", "a: b", "&a", "@", "|", "<<",
)  # fmt: skip
REFERENCES = (
    "${seed}", "${epochs}", "${nope}", "${nope:1}", "${oc.env:NOPE}", "${oc.decode:'['}", "${.lr}", "${..}", "${seed",
    "${}", "${hydra:nope}", "${path:nope}", "${short_hash:}", "${swept:1}", "${parallel:0}", "${is_set:nope}",
    "${model.hidden}", "${optimizer}", "${job.folder}", "\\${seed}", "${${seed}}", "${monitor}", "${data.items}",
)  # fmt: skip
UNBALANCED = ("'a", '"a', "[1", "1]", "{a", "{a:1", "(1", "[1,", "{a: [}", "'a\"", "\\'", "[1 2]", "choice(1", "a'b")
SWEPT = (
    "0,1", "1,", ",1", "toy,toyy", "range(0)", "range(3)", "range(1,0)", "range(0,1,0)", "range(a)", "choice()",
    "choice(1)", "choice(a,-1)", "interval(0,1)", "interval(1,0)", "tag(a)", "tag(log,interval(0.01,3))", "glob(*)",
    "glob(toy*)", "sort(3,1)", "shuffle(1,2)", "nope(1)", "int(a)", "range(10000000000)", "extend_list(1)",
)  # fmt: skip
FLAGS = (
    "-m", "--multirun", "--cfg", "--cfg=job", "--cfg=nope", "-c", "-p", "--package=nope", "--config-dir",
    "--config-dir=nowhere", "-cd", "--config-name=nope", "-cn", "--config-path=nope", "-cp", "--resolve", "--nope",
    "-x", "-", "--", "--multirun=3", "--info=nope", "-mm", "--dry-run=1", "--dryrun", "-h=1", "--trials", "--where",
)  # fmt: skip

values = st.one_of(
    *map(st.sampled_from, (NUMBERS, WORDS, REFERENCES, UNBALANCED)),
    st.text(st.characters(exclude_characters="\0", exclude_categories=()), max_size=6),
    st.integers().map(str),
    st.floats().map(str),
)
names = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(NAMES).flatmap(lambda name: st.sampled_from([name[1:], name + "x", name + ".x", f"{name}/x"])),
    st.sampled_from(NAMES),
    st.text(st.characters(exclude_characters="\0-", exclude_categories=()), max_size=4),
)
signs = st.sampled_from(["", "", "", "", "", "+", "++", "~", "~~", "+++"])
settings = st.builds("{}{}={}".format, signs, names, st.one_of(values, values, values, st.sampled_from(SWEPT)))
bare = st.builds("{}{}".format, signs, names)
flags = st.sampled_from(FLAGS)
arguments = st.one_of(*[settings] * 9, bare, flags)

TOGETHER = (
    "tested=best", "callbacks=default tested=best", "callbacks=best monitor=null", "callbacks=best mode=null",
    "seed=4294967295 runs=2", "model=toy_many seed=4294967295 runs=2", "resume=run -m", "resume=nowhere seed=1",
    "resume=. epochs=3", "resume=", "resume=null resume=.", "-m seed=range(2) epochs=0,1", "sweep=seeds10 seed=x",
    "schedule=onecycle schedule=nope", "optimizer=none", "~optimizer", "~model", "~data", "~callbacks", "~logger",
    "~trainer", "~seed", "~job", "~hydra", "runs=2", "optimizer=null", "model=null", "-m model=toy,toyy",
    "model.optimizer=null", "seed=${epochs} epochs=${seed}", "-m", "-m seed=", "epochs=1 epochs=0", "data=null",
    "trainer=gpu trainer=nope", "logger=csv,nope", "hydra.run.dir=${epochs.x}", "hydra.run.dir= seed=x",
)  # fmt: skip
contradictions = st.sampled_from(TOGETHER).map(str.split)
lines = st.one_of(
    st.lists(arguments, min_size=1, max_size=3),
    st.builds(list.__add__, contradictions, st.lists(arguments, max_size=1)),
)

# Files of a user's own: a model that is given with --config-dir.
HEAD = "# @package _global_\ndefaults:\n  - override /data: toy\n  - override /optimizer: sgd\n"
BODY = "model:\n  _target_: tests.lab.toy.module.Toy\n  optimizer: ${optimizer}\n  schedule: ${schedule}\n"
FILES = {
    "a tab": BODY + "\thidden: 3\n",
    "a key twice": BODY + "  hidden: 3\n  hidden: 4\n",
    "empty": "",
    "a list": "- 1\n",
    "a word": "toy\n",
    "null": "null\n",
    "bytes": "\ufeff\x00\x01\n",
    "a control character": "model: {a: \x07}\n",
    "an open bracket": "model: [1\n",
    "an open quote": "model: 'a\n",
    "an anchor": "model: *nope\n",
    "itself": "model: &a {b: *a}\n",
    "a tag": "model: !!python/object/apply:os.system [true]\n",
    "no such tag": "model: !nope 1\n",
    "two documents": "a: 1\n---\nb: 2\n",
    "a default that is not there": "# @package _global_\ndefaults: [nope]\n" + BODY,
    "a group that is not there": "# @package _global_\ndefaults:\n  - override /nope: toy\n" + BODY,
    "a choice that is not there": "# @package _global_\ndefaults:\n  - override /data: nope\n" + BODY,
    "no override": "# @package _global_\ndefaults:\n  - /data: toy\n" + BODY,
    "itself as a default": "# @package _global_\ndefaults: [mine]\n" + BODY,
    "defaults that are no list": "# @package _global_\ndefaults: {data: toy}\n" + BODY,
    "defaults of numbers": "# @package _global_\ndefaults: [1, [2]]\n" + BODY,
    "a package that is none": "# @package ..\n" + BODY,
    "no data": BODY,
    "no model": HEAD + "epochs: 1\n",
    "no target": HEAD + "model: {hidden: 3}\n",
    "a number as a model": HEAD + "model: 3\n",
    "a target that is not there": HEAD + "model: {_target_: tests.lab.toy.module.Nope, optimizer: '${optimizer}'}\n",
    "a module that is not there": HEAD + "model: {_target_: nope.Nope, optimizer: '${optimizer}'}\n",
    "a target that is no model": HEAD + "model: {_target_: torch.nn.Linear, in_features: 1, out_features: 1}\n",
    "a target that is no class": HEAD + "model: {_target_: tests.lab.toy.TOY}\n",
    "a target that is a number": HEAD + "model: {_target_: 3, optimizer: '${optimizer}'}\n",
    "data that is none": HEAD + BODY + "data: {_target_: torch.nn.Identity}\n",
    "an argument too many": HEAD + BODY + "  nope: 3\n",
    "an argument of another type": HEAD + BODY + "  hidden: many\n",
    "a circle": HEAD + BODY + "  hidden: ${model.dropout}\n  dropout: ${model.hidden}\n",
    "a circle of one": HEAD + BODY + "  hidden: ${model.hidden}\n",
    "an unknown resolver": HEAD + BODY + "  hidden: ${nope:1}\n",
    "a key that is not there": HEAD + BODY + "  hidden: ${nope.nope}\n",
    "an open reference": HEAD + BODY + "  hidden: ${seed\n",
    "a missing value": HEAD + BODY + "  hidden: ???\n",
    "a wrong seed": HEAD + BODY + "seed: -1\n",
    "metrics that are a list": HEAD + BODY + "metrics: [1]\n",
    "metrics without sense": HEAD + BODY + "metrics: {test/miss: {beter: lower}}\n",
    "callbacks of nothing": HEAD + BODY + "callbacks: {mine: 3}\n",
    "a callback that is none": HEAD + BODY + "callbacks: {mine: {_target_: torch.nn.Identity}}\n",
    "code of elsewhere": HEAD + BODY + "callbacks: {mine: {_target_: os.getcwd}}\n",
    "an epoch that is a key": HEAD + BODY + "1: 2\n",
    "null as a key": HEAD + BODY + "null: 2\n",
    "a monitor of its own": HEAD + BODY + "monitor: [1]\n",
    "nothing wrong": HEAD + BODY + "epochs: 1\n",
}


def write(place: Path, text: str | bytes) -> None:
    """Puts a user's file where `--config-dir` finds `model=mine`."""
    (place / "model").mkdir(parents=True, exist_ok=True)
    whole = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
    (place / "model" / "mine.yaml").write_bytes(whole)


# Of the other commands, with what their own arguments bring.
_paths = st.sampled_from(["nowhere", ".", "", "/nonexistent/x", "\udcff", "a\nb", "/dev/null", "~", "*", "a" * 300])
_reports = st.builds(
    list.__add__,
    st.lists(_paths, max_size=2),
    st.lists(
        st.one_of(flags, st.sampled_from(["--metric", "--baseline", "--out", "--where", "seed=1", "seed"]), values),
        max_size=3,
    ),
)
# A search that is refused for one thing, if not for another.
ends = st.sampled_from(
    [["--trials", "x"], ["--trials"], ["--trials=1.5"], ["monitor=null"], ["monitor=null", "--study"]]
)
told = st.one_of(
    st.tuples(st.just("src.report"), _reports),
    st.tuples(
        st.just("src.evaluate"), st.builds(list.__add__, st.lists(_paths, max_size=2), st.lists(settings, max_size=2))
    ),
    st.tuples(st.just("src.new"), st.lists(st.one_of(values.map("{}-".format), flags), max_size=2)),
    st.tuples(
        st.just("src.tune"), st.builds(lambda line, end: [*TOY, *line, *end], st.lists(settings, max_size=2), ends)
    ),
    st.tuples(st.just("src.dashboard"), st.sampled_from([["x"], ["-1"], ["99999999"], ["1", "2"], ["--nope"]])),
)
