"""What happens to some runs of a sweep, by their seed."""

import os
import signal
import time
from typing import Any

from pytorch_lightning import Callback, LightningModule, Trainer


class Misfortune(Callback):
    """In the second epoch, seed 3 raises, the weights of seed 5 become NaN, and the process of seed 7 is killed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, *args: Any) -> None:
        if trainer.current_epoch == 1:
            if self.seed == 3:
                raise RuntimeError("out of luck")
            if self.seed == 5:
                next(pl_module.parameters()).data.fill_(float("nan"))
            if self.seed == 7:
                os.kill(os.getpid(), signal.SIGKILL)


class Slow(Callback):
    """Makes each epoch last so many seconds longer, so that what comes from outside lands in the middle of a run."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        time.sleep(self.seconds)


UNLUCKY = "+callbacks.unlucky={_target_: tests.lab.sweep.misfortune.Misfortune, seed: ${seed}}"
SLOW = "+callbacks.slow={_target_: tests.lab.sweep.misfortune.Slow, seconds: %s}"
