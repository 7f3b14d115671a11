"""Losses whose targets are probabilities or classes."""

from torch import Tensor

from .losses import Loss, LossWorkspace


class LossBCE(Loss):
    """-(t log p + (1 - t) log(1 - p)) of probabilities p, mean over every element; targets t in [0, 1].

    As in torch, a logarithm counts as at least -100, and the gradient's denominator p (1 - p) as at least
    1e-12: a p that is exactly 0 or 1, and wrong, has a finite loss and is still moved. `LossBCEWithLogits`
    needs neither.
    """

    def function(self, at: LossWorkspace, output: Tensor, target: Tensor) -> None:
        """-(t log p + (1 - t) log(1 - p)), as (t - 1) log(1 - p) - t log p."""
        p, t = at.output.copy_(output), at.target.copy_(target)
        at.terms.copy_(p).neg_().log1p_().clamp_(min=-100).mul_(t.sub(1))
        at.terms.addcmul_(p.log().clamp_(min=-100), t, value=-1)

    def gradient(self, at: LossWorkspace) -> Tensor:
        """(p - t) / (p (1 - p))."""
        p = at.output
        variance = at.terms.copy_(p).addcmul_(p, p, value=-1).clamp_(min=1e-12)
        return at.target.neg_().add_(p).div_(variance)

    def check_target(self, target: Tensor, features: int) -> None:
        """Targets are probabilities."""
        check_probabilities(self, target)


class LossBCEWithLogits(Loss):
    """`LossBCE` of σ(z) for logits z, without ever rounding σ(z) to 0 or 1; targets t in [0, 1]."""

    def function(self, at: LossWorkspace, output: Tensor, target: Tensor) -> None:
        """|z| w + log(1 + exp(-|z|)), where w is 1 - t for z > 0, else t: an infinite z that is right costs nothing."""
        z, t = at.output.copy_(output), at.target.copy_(target)
        size = z.abs()
        at.terms.copy_(size).neg_().exp_().log1p_().add_(weigh(size, t.sub(z.gt(0).to(z.dtype)).abs_()))

    def gradient(self, at: LossWorkspace) -> Tensor:
        """σ(z) - t."""
        return at.output.sigmoid_().sub_(at.target)

    def check_target(self, target: Tensor, features: int) -> None:
        """Targets are probabilities."""
        check_probabilities(self, target)


class LossCrossEntropy(Loss):
    """-Σ_c t_c log softmax(z)_c of logits z, mean over samples.

    Targets are class indices, an integer tensor ([runs,] batch), or each sample's probabilities of all
    classes (one-hot, for instance), ([runs,] batch, classes). A class whose logit is -∞ is masked out: as 0 log 0 = 0
    it costs nothing where it isn't the target, and infinitely much where it is.
    """

    def function(self, at: LossWorkspace, output: Tensor, target: Tensor) -> None:
        """-t log softmax(z), where log softmax(z) = z - max z - log Σ exp(z - max z)."""
        z = at.output.copy_(output)
        if target.is_floating_point():
            at.target.copy_(target)
        else:
            at.target.zero_().scatter_(-1, target.long().unsqueeze(-1).expand(*z.shape[:-1], 1), 1)
        z.sub_(z.amax(-1, keepdim=True))
        z.sub_(z.exp().sum(-1, keepdim=True).log_())
        weigh(at.terms.copy_(z), at.target).neg_()

    def gradient(self, at: LossWorkspace) -> Tensor:
        """softmax(z) - t, as a sample's t sum to 1."""
        return at.output.exp_().sub_(at.target)

    def elements(self, output: Tensor) -> int:
        """The number of samples."""
        return output.shape[-2]

    def sample_dim(self, target: Tensor) -> int:
        """The last of class indices."""
        return -2 if target.is_floating_point() else -1

    def check_shape(self, output: Tensor, target: Tensor) -> None:
        """Raise ValueError unless targets fit."""
        if target.is_floating_point():
            return super().check_shape(output, target)
        if target.shape not in {output.shape[:-1], output.shape[-2:-1]}:
            expected = f"expected {tuple(output.shape[:-1])} for output {tuple(output.shape)}"
            raise ValueError(f"{self!r}: class indices have shape {tuple(target.shape)}, {expected}")
        return None

    def check_target(self, target: Tensor, features: int) -> None:
        """Classes are 0 to features - 1; probabilities sum to 1."""
        if not target.is_floating_point():
            low, high = int(target.min()), int(target.max())
            if low < 0 or high >= features:
                raise ValueError(f"{self!r}: classes are 0 to {features - 1}, targets range from {low} to {high}")
        else:
            check_probabilities(self, target)
            if target.sum(-1).sub_(1).abs_().max() > 1e-4:
                raise ValueError(f"{self!r}: a sample's target probabilities don't sum to 1")


def weigh(x: Tensor, weight: Tensor) -> Tensor:
    """X ← weight · x, where a weight of 0 makes an infinite x a 0 as well, not a NaN."""
    return x.mul_(weight).masked_fill_(weight.eq(0), 0)


def check_probabilities(loss: Loss, target: Tensor) -> None:
    """Raise ValueError unless 0 <= target <= 1 everywhere (NaN isn't)."""
    low, high = float(target.min()), float(target.max())
    if not (low >= 0 and high <= 1):
        raise ValueError(f"{loss!r}: targets must be in [0, 1], they range from {low:g} to {high:g}")
