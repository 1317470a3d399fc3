"""A network's layers, shapes and parameters as a table.

Keras is imported where a network is listed, so that bad options are refused at once.
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from negcolor.reporting.tables import Section

if TYPE_CHECKING:
    import keras

# The layer types that count as layers; normalizations and layers without weights do not.
_COUNTED = {
    "ReflectionConv2D": "convolution",
    "Conv2D": "convolution",
    "SpectralConv2D": "convolution",
    "ResidualBlock": "residual block",
    "Conv2DTranspose": "transposed convolution",
}


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
    discriminator has a receptive field: the side in pixels of the patch that one output sees.
    """

    layers: tuple[LayerRow, ...]
    parameters: int
    untrained_parameters: int
    receptive_field: int | None = None

    def counts(self) -> Counter[str]:
        """How many convolutions, residual blocks and transposed convolutions there are."""
        return Counter(_COUNTED[row.type] for row in self.layers if row.type in _COUNTED)

    def to_json(self) -> dict[str, Any]:
        """The network as a dictionary that `json.dumps` takes."""
        result: dict[str, Any] = {
            "parameters": self.parameters,
            "layers": [dataclasses.asdict(row) for row in self.layers],
        }
        if self.receptive_field:
            result["receptive_field"] = self.receptive_field
        return result


def network_report(model: keras.Model, image_size: int) -> NetworkReport:
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
    return NetworkReport(rows, model.count_params(), untrained)


def network_section(name: str, network: NetworkReport, image_size: int) -> Section:
    """The layers and parameters of a network as a table."""
    rows = tuple(
        (row.name, row.type, "×".join(map(str, row.output_shape)), f"{row.parameters:,}")
        for row in network.layers
    )
    total = f"Parameters: {network.parameters:,}"
    if network.untrained_parameters:
        total += f", of which {network.untrained_parameters:,} are not trained"
    sentences = [total + "."]
    if side := network.receptive_field:
        sentences.append(f"Receptive field: {side}×{side} pixels.")
    title = f"{name.capitalize()} for pictures of {image_size}×{image_size} pixels"
    header = ("layer", "type", "output (H×W×C)", "parameters")
    return Section(title, header, rows, (2, 3), tuple(sentences))
