"""What training minimises: the cross entropies of the comparison and of both digits."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from .data import Pairs
from .networks import Prediction
from .schema import PairsModel


class Objective:
    """The cross entropy of the comparison, plus `aux_weight` times those of the first and the second digit. A network
    that only names digits is trained on them alone.

    Args:
        settings: of them `aux_weight` (0 leaves the digits' classes out), `aux_schedule` (see `weights`) and
            `label_smoothing`, of the digits' cross entropy.
    """

    def __init__(self, settings: PairsModel) -> None:
        self.settings = settings
        # Whether the digits' logits learn to name them: without a loss of their own they are whatever suits the head.
        self.names_digits = settings.aux_weight > 0 and settings.aux_at == "logits"

    def loss(self, prediction: Prediction, batch: Pairs, progress: float, training: bool) -> Tensor:
        """The mean over the batch, a scalar. `progress` is the share of the training that is over, 0 to 1."""
        pair_weight, digit_weight = self.weights(progress)
        terms = []
        if prediction.pair is not None:
            terms.append(pair_weight * functional.cross_entropy(prediction.pair, batch.target))
        logits = prediction.digits if prediction.auxiliary is None else prediction.auxiliary
        if logits is not None and self.settings.aux_weight:
            classes = batch.classes.repeat(1, logits.shape[1] // 2)  # once for each of an ensemble's nets
            smoothing = self.settings.label_smoothing if training else 0.0
            digits = functional.cross_entropy(logits.flatten(0, 1), classes.flatten(), label_smoothing=smoothing)
            terms.append(digit_weight * 2 * digits)  # the mean, times two: the sum of first and second
        return torch.stack(terms).sum()

    def weights(self, progress: float) -> tuple[float, float]:
        """Of the comparison's loss and of each digit's.

        `linear` goes from the digits alone to the comparison alone; `digits_first` learns the digits alone in the first
        half of the training, and the comparison too from then on (report A's future work).
        """
        if self.settings.aux_schedule == "linear":
            return 2 * progress, 2 * self.settings.aux_weight * (1 - progress)
        if self.settings.aux_schedule == "digits_first":
            return (0.0, 2 * self.settings.aux_weight) if progress < 0.5 else (1.0, self.settings.aux_weight)
        return 1.0, self.settings.aux_weight
