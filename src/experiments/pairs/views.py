"""What the dashboard is shown of a pairs model. Nothing here draws from chance."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from src.lab.dashboard import events
from src.lab.dashboard.graph import Layer, traced
from src.lab.dashboard.views import Drawing, Embedding, Views, first_of, plain
from src.lab.many import ManyData

from .data import PairsData
from .module import PairsModule
from .networks import DigitNets, Ensemble, Prediction
from .readout import probability

PROJECTED = 400  # digits
COMPONENTS = 16  # of their features: the rest is noise, and a file of megabytes
DIGITS = 10  # that are shown before and after augmentation
OVER_NETWORKS = "Mean ± std over the networks trained at once"
MEASURED = ("train/loss", "train/error", "val/loss", "val/error")  # of which the bands over them are shown


class PairsViews(Views):
    """Figures of pairs judged wrong, digits read and filters; the digits' features for the projector. Of several
    networks, the first is drawn.
    """

    module: PairsModule

    def vitals(self) -> dict[str, float]:
        """Of several networks, the mean norm, and the bands over them."""
        found = {"gradient_norm": self.module.gradient_norm, "samples": self.module.samples}
        stds, means = self.module.stds(), self.module.trainer.callback_metrics
        for name in (name for name in MEASURED if name in stds):
            found |= events.band(name, float(means[name]), stds[name])
        return found

    def figures(self, final: bool) -> dict[str, Drawing]:
        """Of the pairs that the network was evaluated on last."""
        from . import figures as draw  # a second to import: not for those who draw nothing
        from .calibration import calibration

        module, settings = self.module, self.module.settings
        split, prediction, pairs = module.judged
        split = {"val": "validation"}.get(split, split)
        images, classes, which = plain(pairs.images), plain(pairs.classes), first_of(getattr(module, "seeds", ()))
        readout = "bayes" if settings.readout == "argmax" else settings.readout
        said = plain(probability(prediction, readout, settings.sharpness))
        named = None
        if module.objective.names_digits and prediction.digits is not None:
            named = plain(prediction.digits.argmax(2))
        found: dict[str, Drawing] = {
            "pairs judged wrong": partial(draw.wrong_pairs, images, classes, said, named, split, which)
        }
        if named is not None:
            found["digit confusion"] = partial(draw.confusion, _panels(module.shown(), classes, named), split, which)
        if final:
            probabilities = _probabilities(prediction, named is not None, settings.sharpness)
            found["calibration"] = partial(calibration, probabilities, plain(pairs.target), split, which)
            kernels = [m.weight for m in module.shown().modules() if isinstance(m, nn.Conv2d)]
            if kernels:
                found["first layer"] = partial(draw.filters, plain(kernels[0]).clone(), which)
            trainer: Any = module.trainer
            of_all: PairsData | ManyData = trainer.datamodule
            data: Any = of_all.each[0] if isinstance(of_all, ManyData) else of_all
            if data.augment:
                found["augmented digits"] = partial(draw.augmented, *map(plain, data.examples(DIGITS)))
        return found

    def layers(self) -> list[Layer]:
        return traced(self.module.shown(), self.module.judged[2].images[:2])

    def embedding(self) -> Embedding | None:
        """The features that the digit net makes of first digits, as their principal components."""
        network = self.module.shown()
        net: Any = network.first if isinstance(network, DigitNets) else None
        net = network.nets[0] if isinstance(network, Ensemble) else net
        if net is None:
            return None
        *_, pairs = self.module.judged
        images = pairs.images[:PROJECTED, :1]
        with torch.no_grad():
            features = net[0](images)
        centred = (features - features.mean(0)).double()
        directions = torch.linalg.svd(centred, full_matrices=False).Vh[:COMPONENTS]
        dark, light = images.min(), images.max()
        labels = [str(digit) for digit in pairs.classes[:PROJECTED, 0].tolist()]
        return Embedding("digit features", centred @ directions.T, labels, (images - dark) / (light - dark))

    def layout(self) -> events.Layout:
        names_digits = self.module.objective.names_digits and isinstance(self.module.network, (DigitNets, Ensemble))
        digits = events.together(["digit_error"], f"{events.TRAINING}: digits") if names_digits else {}
        return {**digits, **(events.bands(MEASURED, OVER_NETWORKS) if self.module.items else {})}


def _panels(network: nn.Module, classes: Tensor, named: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
    """By title, the true digits and the named ones: one panel for a shared net, else one for each image's net."""
    if getattr(network, "second", None) is None:
        return {"Shared net": (classes.flatten(), named.flatten())}
    titles = ("First image's net", "Second image's net")
    return {title: (classes[:, k], named[:, k]) for k, title in enumerate(titles)}


def _probabilities(prediction: Prediction, named: bool, sharpness: float) -> dict[str, Tensor]:
    found = {}
    if prediction.pair is not None:
        found["head"] = plain(probability(prediction, "head"))
    if named or prediction.pair is None:
        found["bayes, from the digits"] = plain(probability(prediction, "bayes", sharpness))
    return found
