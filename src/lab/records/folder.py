"""A run's folder, or a sweep's: what it holds, whose it is, and that nobody else is at work in it. Imports no torch."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, SoftFileLock, Timeout
from omegaconf import DictConfig, OmegaConf

from . import origin, results
from .atomic import keep, named, written_beside
from .signature import config_hash

log = logging.getLogger(__name__)

NO_LOCKS = {errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP}  # what file systems without flock answer
LOCK_OF = ".lock_of"  # the file that is there then


class RunFolder:
    """Where everything of a run lies. Configurations name these as `${path:metrics}`."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.result = self.path / results.NAME
        self.attempt = self.path / results.ATTEMPT  # to go on, which came to nothing
        self.earlier = self.path / "earlier"  # a folder of a run for each completed result that was gone on with
        self.metrics = self.path / "metrics.csv"  # a row an epoch
        self.figures = self.path / "figures"
        self.loggers = self.path / "loggers"  # of those without a place of their own
        self.checkpoints = self.path / "checkpoints"
        self.last = self.checkpoints / "last.ckpt"  # of the last epoch that was saved: what `resume` goes on from
        self.previous = self.checkpoints / "previous.ckpt"  # the one before
        self.best = self.checkpoints / "best.ckpt"  # of the epoch with the best monitor
        self.configuration = self.path / ".hydra" / "config.yaml"
        self.hydra = self.path / ".hydra" / "hydra.yaml"
        self.lock = self.path / ".lock"

    def needed(self, file: str) -> Path:
        """One of its files by name; raises FileNotFoundError where there is none."""
        path: Path = getattr(self, file)
        if not path.is_file():
            raise FileNotFoundError(f"there is no {path}: is {self.path} the folder of a run?")
        return path

    def recorded(self) -> DictConfig:
        """The configuration that the run was made with.

        Raises:
            FileNotFoundError: the folder is not a run's.
            ValueError: the run is of an earlier version, which this one can't go on with.
        """
        found = OmegaConf.load(self.needed("configuration"))
        assert isinstance(found, DictConfig)
        if "objective" not in found:
            raise ValueError(f"{self.path} is of an earlier version: its results are read, but it can't go on")
        return found

    def completed(self) -> bool:
        """Whether the run is complete, and nobody has begun to go on with it."""
        found = results.there(self.result) if self.configuration.is_file() else None
        return bool(found and found["status"] == "completed" and found["config_hash"] == config_hash(self.recorded()))

    def record(self, cfg: DictConfig) -> None:
        """Writes down the configuration that the run is made with, with what only Hydra knows of it. What a completed
        run has come to, which goes on now, is kept first, as the folder of a run of its own in `earlier`.
        """
        if self.completed():
            kept = RunFolder(self.earlier / str(1 + len(list(self.earlier.glob("*")))))
            for name in "result", "configuration", "metrics", "last", "best":
                keep(getattr(self, name), getattr(kept, name))
            for path in origin.files(self.path):
                keep(path, kept.path / path.name)
        whole = OmegaConf.create(OmegaConf.to_container(cfg, resolve=False))
        whole.job = OmegaConf.to_container(cfg.job, resolve=True)
        with written_beside(self.configuration) as temporary:
            OmegaConf.save(whole, temporary)


def state(folder: RunFolder, cfg: DictConfig) -> str:
    """What a folder holds of the run: `new` is nothing, else the status of its result; `interrupted` too where only a
    checkpoint was left.

    Raises:
        ValueError: it holds the run of another configuration or seed.
    """
    found = results.there(folder.result)
    if found:
        same = found["config_hash"] == config_hash(cfg) and found["seed"] == cfg.seed
    elif folder.last.is_file():
        recorded = folder.recorded()
        found = {"status": "interrupted"}
        same = config_hash(recorded) == config_hash(cfg) and recorded.seed == cfg.seed
    else:
        return "new"
    if not same:
        raise ValueError(f"{folder.path} holds the run of another configuration: choose another folder")
    return str(found["status"])


def is_main_process() -> bool:
    """Of the processes of one run (trainer=ddp), the first one speaks and writes."""
    return os.environ.get("LOCAL_RANK", "0") == "0"


@contextmanager
def locked(folder: Path, seconds: float = 0.0) -> Iterator[None]:
    """Keeps other processes out; the operating system frees the folder when this one ends, however it ends.

    Raises:
        RuntimeError: another process is at work in the folder, and still is after so many seconds.
    """
    if not is_main_process():  # the other processes of one run
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    path = RunFolder(folder).lock
    with ExitStack() as held:
        try:
            try:
                held.enter_context(FileLock(path, timeout=seconds, fallback_to_soft=False))
            except OSError as error:
                if error.errno not in NO_LOCKS:
                    raise
                log.warning("%s is on a file system without locks: a file in it says who is at work there", folder)
                path = path.with_name(LOCK_OF)  # the folder is freed by whoever finds that this process has ended
                held.enter_context(SoftFileLock(path, timeout=seconds))
        except Timeout:
            raise RuntimeError(
                f"another process is at work in {folder}: wait for its end, or stop it; if there is none, delete {path}"
            ) from None
        with named(folder):
            yield


def freed(folder: Path, seconds: float, lost: bool) -> None:
    """Waits until no other process is at work in the folder, for so many seconds. Where it was one of a machine
    that is `lost`, it has ended by then, and so has its hold on the folder, on a file system without locks too.
    """
    try:
        with locked(folder, seconds):
            pass
    except RuntimeError:
        if lost:
            (folder / LOCK_OF).unlink(missing_ok=True)
