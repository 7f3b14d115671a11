"""What happens to some runs of a sweep, by their seed."""

import os
import signal
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
