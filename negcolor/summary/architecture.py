"""What networks consist of, layer by layer: as text, Markdown and JSON.

Keras is imported where a network is listed, so that bad options are refused at once.
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from negcolor.reporting.tables import Section, as_markdown, as_text

if TYPE_CHECKING:
    import keras


class LayerKind(NamedTuple):
    """What reports call layers of a class, and the color of their blocks in drawings.

    Layers that are `counted` convolve; `legend` is their name in drawings if it is another one.
    """

    name: str
    color: str
    counted: bool = True
    legend: str = ""


LAYER_KINDS = {
    "ReflectionConv2D": LayerKind("convolution", "#7fa8d1"),
    "Conv2D": LayerKind("convolution", "#7fa8d1"),
    "SpectralConv2D": LayerKind(
        "convolution", "#a99bd0", legend="convolution with spectral normalization"
    ),
    "ResidualBlock": LayerKind("residual block", "#e3a06b"),
    "Conv2DTranspose": LayerKind("transposed convolution", "#86b98a"),
    "UpSampling2D": LayerKind("up-sampling", "#c3dfc0", counted=False),
    "Concatenate": LayerKind("skip connection", "#e8d48a", counted=False),
    "Dropout": LayerKind("dropout", "#d9d9d9", counted=False),
}
"""By the name of the layer's class; all others are neither counted nor drawn."""


@dataclass(frozen=True)
class LayerRow:
    """One layer: its name, its class, its output's shape without B, and all its parameters."""

    name: str
    type: str
    output_shape: tuple[int, ...]
    parameters: int


@dataclass(frozen=True)
class NetworkReport:
    """A network's layers in the order in which they are applied, and all their parameters.

    `untrained_parameters` are part of `parameters`: running statistics, for example. Only a
    PatchGAN has a receptive field: the side in pixels of the patch that one output sees.
    """

    layers: tuple[LayerRow, ...]
    parameters: int
    untrained_parameters: int
    receptive_field: int | None = None

    @property
    def trained_parameters(self) -> int:
        """All others."""
        return self.parameters - self.untrained_parameters

    def counts(self) -> Counter[str]:
        """How many convolutions, residual blocks and transposed convolutions there are."""
        kinds = (LAYER_KINDS[row.type] for row in self.layers if row.type in LAYER_KINDS)
        return Counter(kind.name for kind in kinds if kind.counted)

    def to_json(self) -> dict[str, Any]:
        """The network as a dictionary that `json.dumps` takes."""
        result: dict[str, Any] = {
            "parameters": self.parameters,
            "layers": [dataclasses.asdict(row) for row in self.layers],
        }
        if self.receptive_field:
            result["receptive_field"] = self.receptive_field
        return result

    def section(self, name: str, image_size: int) -> Section:
        """The layers and parameters as a table."""
        rows = tuple(
            (row.name, row.type, by(row.output_shape), f"{row.parameters:,}") for row in self.layers
        )
        total = f"Parameters: {self.parameters:,}"
        if self.untrained_parameters:
            total += f", of which {self.untrained_parameters:,} are not trained"
        sentences = [total + "."]
        if side := self.receptive_field:
            sentences.append(f"Receptive field: {by((side, side))} pixels.")
        title = f"{name.capitalize()} for pictures of {by((image_size, image_size))} pixels"
        header = ("layer", "type", "output (H×W×C)", "parameters")
        return Section(title, header, rows, (2, 3), tuple(sentences))


@dataclass(frozen=True)
class ArchitectureReport:
    """The networks of a modification or a system beside what its paper states.

    Attributes:
        title: its name and what it is.
        image_size: side in pixels of the square images that output shapes are given for.
        networks: "generator" and "discriminator", those that were asked for and that it has.
        facts: what else there is to say, as `json.dumps` takes it.
        before, after: what stands before and after the tables of the networks.
    """

    title: str
    image_size: int
    networks: Mapping[str, NetworkReport]
    facts: Mapping[str, Any] = field(default_factory=dict)
    before: Sequence[Section] = ()
    after: Sequence[Section] = ()

    def to_json(self) -> dict[str, Any]:
        """The report as a dictionary that `json.dumps` takes."""
        return {**self.facts, **{name: each.to_json() for name, each in self.networks.items()}}

    def to_text(self) -> str:
        """The report as tables for a terminal of 100 columns."""
        return "\n".join([self.title, "", *(as_text(part, 100) for part in self._sections())])

    def to_markdown(self) -> str:
        """The report as a Markdown document."""
        return "\n".join([f"## {self.title}", "", *map(as_markdown, self._sections())])

    def _sections(self) -> list[Section]:
        tables = (each.section(name, self.image_size) for name, each in self.networks.items())
        return [*self.before, *tables, *self.after]


def network_report(
    model: keras.Model, image_size: int, receptive_field: int | None = None
) -> NetworkReport:
    """Lists the layers of a functional model with one input; a model in it is one layer.

    `image_size` is the side in pixels of its square images. Of several outputs of a layer, the
    last one's shape is listed.
    """
    import keras

    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    # Where each was called in this model: `output` of a model within is its own.
    outputs = [layer._inbound_nodes[0].output_tensors[-1] for layer in layers]
    # A symbolic image: shapes without any arithmetic.
    image = keras.KerasTensor((1, image_size, image_size, model.input.shape[-1]))
    sized = keras.Model(model.input, outputs)(image)
    rows = tuple(
        LayerRow(layer.name, type(layer).__name__, output.shape[1:], layer.count_params())
        for layer, output in zip(layers, sized, strict=True)
    )
    untrained = sum(math.prod(weight.shape) for weight in model.non_trainable_weights)
    return NetworkReport(rows, model.count_params(), untrained, receptive_field)


def by(sides: Sequence[int]) -> str:
    """A shape as "64×64×256"."""
    return "×".join(map(str, sides))
