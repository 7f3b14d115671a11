"""Bugs that public frameworks of this kind have had, each as a change of minidl's source, and the test that sees it."""

from typing import NamedTuple

SAME_FUNCTION = "test_losses.py::test_value_and_gradient_are_of_the_same_function"
TORCHS_STEPS = "test_optim.py::test_steps_are_torchs"


class Bug(NamedTuple):
    name: str
    file: str
    right: str
    wrong: str
    test: str  # which must fail
    also: tuple[str, str] = ("", "")  # a second place to change


BUGS = [
    # a loss whose gradient is another loss's
    Bug(
        "MSE over N, not N·D",
        "losses.py",
        "output.shape[-2] * output.shape[-1]",
        "output.shape[-2]",
        "test_losses.py::test_values_by_hand",
    ),
    Bug(
        "MSE's gradient over N, its value over N·D",
        "losses.py",
        "scale.mul_(self.slope)",
        "scale.mul_(self.slope * output.shape[-1])",
        SAME_FUNCTION,
    ),
    Bug("MSE's gradient without its 2", "losses.py", "slope = 2.0", "slope = 1.0", SAME_FUNCTION),
    Bug("the same, in a network", "losses.py", "slope = 2.0", "slope = 1.0", "test_gradients.py"),
    Bug(
        "half the sum with the gradient of all",
        "losses.py",
        "    factor = 0.5",
        "    factor = 1.0",
        "test_losses.py::test_values_by_hand",
    ),
    Bug(
        "cross-entropy over N·C",
        "cross_entropy.py",
        "return output.shape[-2]\n",
        "return output.shape[-2] * output.shape[-1]\n",
        SAME_FUNCTION,
    ),
    Bug("BCE with the gradient from logits", "cross_entropy.py", ".div_(variance)", "", SAME_FUNCTION),
    Bug(
        "a loss of all runs together",
        "losses.py",
        "output.shape[-2] * output.shape[-1]",
        "output.numel()",
        "test_losses.py::test_one_number_a_run_and_its_own_gradient",
    ),
    Bug(
        "an activation in two places",
        "sequential.py",
        "if id(m) in places:",
        "if False:",
        "test_errors.py::test_one_instance_in_two_places",
    ),
    # a cached input changed in place
    Bug(
        "backward changes the gradient it is given",
        "activations.py",
        "        at.input_grad_t.mul_(at.grad_t)\n        return at.input_grad",
        "        return at.grad_t.mul_(at.input_grad_t).mT",
        "test_modules.py::test_changing_inputs_and_outputs_in_place_doesnt_change_gradients",
    ),
    Bug(
        "the input is remembered, not copied",
        "linear.py",
        "at: LinearWorkspace = self.due(grad)",
        "at = self.due(grad)\n        at.input.copy_(self.x)",
        "test_modules.py::test_changing_inputs_and_outputs_in_place_doesnt_change_gradients",
        ("        self._current = at\n", "        self._current, self.x = at, x\n"),
    ),
    Bug(
        "forward works in its input",
        "activations.py",
        "y.copy_(x).relu_()",
        "y.copy_(x.relu_())",
        "test_modules.py::test_changing_inputs_and_outputs_in_place_doesnt_change_gradients",
    ),
    Bug(
        "an output that the next call changes",
        "module.py",
        "x).clone()",
        "x)",
        "test_modules.py::test_what_a_call_returns_stays_as_it_is",
    ),
    # optimizers
    Bug(
        "slots that collide where shapes are the same",
        "optimizer.py",
        "return self._slots[name][i]",
        "return next(s for s in self._slots[name] if s.shape == self._slots[name][i].shape)",
        TORCHS_STEPS,
    ),
    Bug("Adam's 1 - β₁", "optim.py", "(1 - beta1**t)", "(1 - beta1)", TORCHS_STEPS),
    Bug("Adam's 1 - β₂", "optim.py", "sqrt(1 - beta2**t)", "sqrt(1 - beta2)", TORCHS_STEPS),
    Bug("momentum from zero with dampening", "optim.py", "alpha=1 if first else ", "alpha=", TORCHS_STEPS),
    Bug(
        "a decay that starts a step late",
        "optimizer.py",
        "self.lr_decay * self.steps)\n        self.steps += 1",
        "self.lr_decay * max(self.steps - 1, 0))\n        self.steps += 1",
        "test_optimizer.py::test_lr_decay_is_adagrads_rule",
    ),
    # mini-batches
    Bug(
        "x[i:] for x[i:i+b]",
        "data.py",
        "min(size, samples - start)",
        "samples - start",
        "test_loop.py::test_a_batch_is_its_samples_and_the_last_one_is_smaller",
    ),
    Bug(
        "the last batch is dropped",
        "data.py",
        "for start in range(0, samples, size)",
        "for start in range(0, samples - size + 1, size)",
        "test_loop.py::test_a_batch_is_its_samples_and_the_last_one_is_smaller",
    ),
    Bug(
        "the last batch counts too much",
        "epoch.py",
        "x.shape[-2] / samples",
        "batch_size / (batch_size * -(-samples // batch_size))",
        "test_loop.py::test_the_epochs_loss_counts_each_sample_once",
    ),
    Bug(
        "the same order in each epoch",
        "data.py",
        "mixed(mixed(s) + epoch)",
        "mixed(mixed(s))",
        "test_data.py::test_orders_differ_by_seed_and_epoch_and_rows_are_those_of_each_seed",
    ),
    # dropout
    Bug(
        "dropout in evaluation",
        "dropout.py",
        "if not self.training:",
        "if False:",
        "test_dropout.py::test_evaluation_changes_nothing_and_draws_nothing",
    ),
    Bug(
        "dropout in evaluate()",
        "metrics.py",
        "net.eval()(inputs)",
        "net(inputs)",
        "test_data.py::test_evaluate_names_what_it_measures_for_each_run",
    ),
    Bug(
        "dropout scaled by p",
        "dropout.py",
        "div_(1 - self.p)",
        "div_(self.p or 1)",
        "test_dropout.py::test_the_mean_is_kept_by_scaling_what_is_kept",
    ),
    Bug(
        "dropout that keeps with p",
        "dropout.py",
        "bernoulli_(1 - self.p",
        "bernoulli_(self.p",
        "test_dropout.py::test_the_mean_is_kept_by_scaling_what_is_kept",
    ),
    Bug(
        "dropout's masks aren't resumed",
        "loop.py",
        "generator.set_state(saved)",
        "pass",
        "test_loop.py::test_stopped_and_resumed_is_bit_equal",
    ),
    # what is measured
    Bug(
        "a test set standardised by its own statistics",
        "data.py",
        "(x - mean) / std for",
        "(x - x.mean(-2, keepdim=True)) / x.std(-2, keepdim=True) for",
        "test_data.py::test_a_test_set_is_standardized_by_the_training_sets_statistics",
    ),
    Bug(
        "metrics with each other's names",
        "metrics.py",
        '"error": error, "accuracy": 100 - error',
        '"error": 100 - error, "accuracy": error',
        "test_data.py::test_evaluate_names_what_it_measures_for_each_run",
    ),
    Bug(
        "accuracy called error",
        "metrics.py",
        "classes(output, threshold) != right",
        "classes(output, threshold) == right",
        "test_data.py::test_error_is_the_percentage_of_wrong_classes",
    ),
]
