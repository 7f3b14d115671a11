"""minidl, a small deep-learning framework from scratch: of torch only `empty()` and tensor methods.

Every layer trains one network or, with `runs=R`, R independent networks at once. A tensor's dimensions are
`(batch, features)` or `(runs, batch, features)`; `(batch, features)` given to R networks goes to all of them.
"""

from .activations import ReLU, Sigmoid, Tanh
from .cross_entropy import LossBCE, LossBCEWithLogits, LossCrossEntropy
from .data import permutation, standardize
from .dropout import Dropout
from .epoch import EpochRecord
from .fit import EarlyStop, fit
from .linear import Linear
from .loop import Loop
from .losses import Loss, LossHalfSSE, LossMSE
from .metrics import accuracy, error_rate, evaluate
from .module import Module
from .optim import SGD, Adadelta, Adam, Optimizer
from .parameter import Parameter
from .schedules import constant, cosine, linear, step
from .sequential import Sequential

__all__ = [
    "SGD",
    "Adadelta",
    "Adam",
    "Dropout",
    "EarlyStop",
    "EpochRecord",
    "Linear",
    "Loop",
    "Loss",
    "LossBCE",
    "LossBCEWithLogits",
    "LossCrossEntropy",
    "LossHalfSSE",
    "LossMSE",
    "Module",
    "Optimizer",
    "Parameter",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "accuracy",
    "constant",
    "cosine",
    "error_rate",
    "evaluate",
    "fit",
    "linear",
    "permutation",
    "standardize",
    "step",
]
