"""A generator as a graph of operations on bands of rows, for images larger than the memory.

Each layer stays what it is and is called on a band that is somewhat higher than asked for; what
the missing neighbors falsify at the band's edges is cut off again. At the edges of the image
nothing is missing, so the layer's own border treatment holds there. The exceptions are the
normalizations by statistics of the whole image and the layers that see a small copy of it; their
results are found first, see `tiled`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

import keras
from keras import layers, ops

from negcolor.networks.layers import (
    IMAGE,
    PIXEL,
    InstanceNormalization,
    ReflectionConv2D,
    ResidualBlock,
)

Norm: TypeAlias = InstanceNormalization | layers.GroupNormalization

POINTWISE = (
    layers.Activation,
    layers.BatchNormalization,
    layers.Concatenate,
    layers.Dropout,
    layers.LeakyReLU,
    layers.ReLU,
)
"""Keras' layers whose output at a pixel depends on the inputs there, when not training.

Ours have `sees = PIXEL`.
"""

COPIES = 5
"""How many copies of the largest tensor are in memory at once, in a band or a whole pass."""


@dataclass(frozen=True)
class Reach:
    """How a layer's output rows depend on its input rows.

    `up` output rows for `down` input rows; an output row sees its own input rows and `margin`
    more on either side.
    """

    up: int = 1
    down: int = 1
    margin: int = 0

    def source(self, start: int, stop: int, height: int) -> tuple[int, int]:
        """The input rows, of `height` in all, that give the output rows [start, stop)."""
        first = start * self.down // self.up - self.margin
        last = -(-stop * self.down // self.up) + self.margin
        return max(0, first // self.down * self.down), min(height, last)


@dataclass(eq=False)
class Node:
    """One operation of a generator.

    Attributes:
        call: the operation, on tensors (1, rows, W, C).
        inputs: the nodes whose outputs it takes; none for the image itself.
        reach: which input rows it needs.
        scale: output rows per row of the image; 0 if the output is about the whole image.
        channels: of the output.
        norm: the layer, if this is a normalization by statistics of the whole image; it is then
            applied with these statistics and `call` is not used.
        kept: whether the output is worth keeping between sweeps, see `plan_sweeps`.
    """

    call: Callable[..., Any]
    inputs: tuple[Node, ...]
    reach: Reach
    scale: Fraction
    channels: int
    norm: Norm | None = None
    kept: bool = field(default=False)


def image_graph(generator: keras.Model) -> list[Node]:
    """The operations of a functional generator in the order in which they can be computed.

    Residual blocks are taken apart. The first node is the image, the last one the output.

    Raises:
        TypeError: for a layer whose rows' dependence is not known here.
    """
    outputs: dict[int, Node] = {}
    nodes: list[Node] = []

    def add(layer: layers.Layer, inputs: tuple[Node, ...]) -> Node:
        if isinstance(layer, ResidualBlock):
            (x,) = inputs
            for inner in layer.branch:
                x = add(inner, (x,))
            # The branch first: it needs more rows than the shortcut, which then finds them known.
            sum_ = Node(ops.add, (x, *inputs), Reach(), x.scale, x.channels, kept=x.scale < 1)
            nodes.append(sum_)
            return sum_
        nodes.append(_node(layer, inputs))
        return nodes[-1]

    for layer in generator.layers:
        if isinstance(layer, layers.InputLayer):
            nodes.append(Node(ops.identity, (), Reach(), Fraction(1), layer.output.shape[-1]))
            outputs[id(layer.output)] = nodes[-1]
            continue
        sources = layer.input if isinstance(layer.input, list) else [layer.input]
        outputs[id(layer.output)] = add(layer, tuple(outputs[id(x)] for x in sources))
    return nodes


def _node(layer: layers.Layer, inputs: tuple[Node, ...]) -> Node:
    source = inputs[0]
    if _sees(layer) == IMAGE:
        # A thumbnail of the image is the sum of what its bands contribute.
        call = getattr(layer, "partial_mean", None) or _inference(layer)
        return Node(call, inputs, Reach(), Fraction(0), source.channels)
    reach = _reach(layer)
    scale = source.scale * Fraction(reach.up, reach.down)
    channels = source.channels
    if isinstance(layer, layers.Concatenate):
        channels = sum(node.channels for node in inputs)
    if isinstance(layer, layers.Conv2D | layers.Conv2DTranspose):
        channels = layer.filters
    norm = layer if isinstance(layer, InstanceNormalization | layers.GroupNormalization) else None
    if norm and scale < 1:
        source.kept = True
    return Node(_inference(layer), inputs, reach, scale, channels, norm)


def _inference(layer: layers.Layer) -> Callable[..., Any]:
    """The layer as a function of one tensor, or of several that it takes as a list."""

    def call(*tensors: Any) -> Any:
        return layer(tensors[0] if len(tensors) == 1 else list(tensors))

    return call


def _sees(layer: layers.Layer) -> str | None:
    """PIXEL or IMAGE, for layers of ours that are one or the other."""
    return getattr(layer, "sees", None)


def _reach(layer: layers.Layer) -> Reach:
    if isinstance(layer, ReflectionConv2D):
        stride, padding = layer.strides[0], (layer.kernel_size[0] - 1) // 2
        # Rounded up, so that the band begins at an input row where an output row begins.
        return Reach(down=stride, margin=-(-padding // stride) * stride)
    if isinstance(layer, layers.Conv2DTranspose):
        stride, kernel = layer.strides[0], layer.kernel_size[0]
        return Reach(up=stride, margin=-(-kernel // stride))
    if isinstance(layer, layers.UpSampling2D):
        return Reach(up=layer.size[0], margin=1 if layer.interpolation == "bilinear" else 0)
    if isinstance(layer, layers.GroupNormalization) and layer.groups == 1:
        return Reach()
    if isinstance(layer, layers.Conv2D) and layer.kernel_size == layer.strides == (1, 1):
        return Reach()
    if isinstance(layer, (InstanceNormalization, *POINTWISE)) or _sees(layer) == PIXEL:
        return Reach()
    raise TypeError(f"{type(layer).__name__} {layer.name}")


@dataclass(frozen=True)
class Sweep:
    """One pass over the image in bands.

    Attributes:
        target: what is computed: a normalization's input, or the generator's output.
        norm: that normalization, or None.
        stored: nodes whose output is kept from this sweep on.
        released: kept nodes that no later sweep needs.
        bytes_per_pixel: of the largest tensor that is computed on the way, per pixel of the
            image.
    """

    target: Node
    norm: Node | None
    stored: tuple[Node, ...]
    released: tuple[Node, ...]
    bytes_per_pixel: float


def plan_sweeps(nodes: list[Node]) -> list[Sweep]:
    """The sweeps over a graph, in order, and what is kept between them."""
    goals = [(node.inputs[0], node) for node in nodes if node.norm] + [(nodes[-1], None)]
    sweeps: list[Sweep] = []
    kept: set[Node] = set()
    for number, (target, norm) in enumerate(goals):
        computed = _upstream([target], kept)
        available = kept | {node for node in computed if node.kept}
        starts = [node for goal, _ in goals[number + 1 :] for node in goal.inputs]
        needed_later = available & _upstream(starts, available)
        stored = needed_later - kept
        released = kept - needed_later
        largest = max(_bytes_per_pixel(node) for node in computed)
        sweeps.append(Sweep(target, norm, tuple(stored), tuple(released), largest))
        kept = (kept | stored) - released
    return sweeps


def stored_bytes_per_pixel(sweeps: list[Sweep]) -> float:
    """The most that is kept between the sweeps at any time, per pixel of the image."""
    kept, most = 0.0, 0.0
    for sweep in sweeps:
        kept += sum(_bytes_per_pixel(node) for node in sweep.stored)
        most = max(most, kept)
        kept -= sum(_bytes_per_pixel(node) for node in sweep.released)
    return most


def whole_bytes_per_pixel(generator: keras.Model) -> float:
    """The memory that one pass over a whole image takes, per pixel, roughly."""
    return COPIES * max(_bytes_per_pixel(node) for node in image_graph(generator))


def _bytes_per_pixel(node: Node) -> float:
    return float(4 * node.channels * node.scale**2)


def _upstream(starts: Iterable[Node], ends: set[Node]) -> set[Node]:
    """The nodes from which `starts` are computed, themselves included, back to `ends`."""
    found: set[Node] = set()
    waiting = list(starts)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += () if node in ends else node.inputs
    return found
