"""A network as TensorBoard's graph tab shows it: its layers, and what flows from which into which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import torch
from tensorboard.compat.proto.attr_value_pb2 import AttrValue
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.compat.proto.node_def_pb2 import NodeDef
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from torch import Tensor, nn

INPUT = "input"


class Layer(NamedTuple):
    """A part of a network: `name` by its path (`first/0/3`), what it is, what it takes in, the shape it puts out."""

    name: str
    kind: str
    inputs: list[str]
    shape: list[int]


def graph_def(layers: Iterable[Layer]) -> GraphDef:
    """The layers as TensorBoard reads them."""
    nodes = []
    for name, kind, inputs, shape in layers:
        dims = TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in shape])
        shapes = AttrValue(list=AttrValue.ListValue(shape=[dims]))
        nodes.append(NodeDef(name=name, op=kind, input=inputs, attr={"_output_shapes": shapes}))
    return GraphDef(node=nodes)


def traced(network: nn.Module, inputs: Tensor) -> list[Layer]:
    """The layers in the order in which they are called on `inputs`. What lies between two of them (a softmax, a sum)
    is left out, but what it takes from where is found through the graph that autograd keeps.
    """
    layers = [Layer(INPUT, "Input", [], list(inputs.shape))]
    made: dict[Any, str] = {}  # by the node of autograd's graph that stands for it

    def called(name: str) -> Any:
        def hook(module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> Tensor:
            sources = list(dict.fromkeys(source for arg in args for source in _sources(arg.grad_fn, made)))
            unique = name if name not in made.values() else f"{name}_{len(layers)}"
            layers.append(Layer(unique, type(module).__name__, sources, list(output.shape)))
            output = output.clone()  # a layer that hands on what it got still has a node of its own
            made[output.grad_fn] = unique
            return output

        return hook

    leaves = [(name, module) for name, module in network.named_modules() if not list(module.children())]
    hooks = [module.register_forward_hook(called(name.replace(".", "/"))) for name, module in leaves]
    training = network.training
    try:
        with torch.inference_mode(False), torch.enable_grad():
            start = inputs.clone().requires_grad_().clone()
            made[start.grad_fn] = INPUT
            network.eval()(start)
    finally:
        network.train(training)
        for hook in hooks:
            hook.remove()
    return layers


def _sources(node: Any, made: dict[Any, str]) -> Iterator[str]:
    """The layers that a node of autograd's graph comes from, the nearest on each way."""
    queue, seen = [node], set()
    while queue:
        node = queue.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if node in made:
            yield made[node]
        else:
            queue += [before for before, _ in node.next_functions]
