"""What is done in a job's folder when its turn comes, by whoever hands it to a process. Imports no torch."""

from __future__ import annotations

from omegaconf import DictConfig, OmegaConf

from ..records.folder import RunFolder


def make_way(folder: RunFolder) -> None:
    """Puts the result of an attempt before this one aside: what is there afterwards is this one's."""
    if folder.result.is_file():
        folder.result.replace(folder.attempt)


def go_on(cfg: DictConfig, folder: RunFolder) -> None:
    """Has the job go on with the checkpoint in its folder, if there is one."""
    if folder.last.is_file():
        cfg.resume = str(folder.path)
        OmegaConf.set_readonly(cfg.hydra, False)
        cfg.hydra.output_subdir = None  # what is in it is written anew by the run, whole whenever it is killed
