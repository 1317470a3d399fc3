"""A drawing of a modification's networks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from negcolor.summary.architecture import (
    LAYER_KINDS,
    ArchitectureReport,
    LayerKind,
    LayerRow,
    NetworkReport,
    by,
)

IMAGE = LayerKind("picture", "#f4f1ea", counted=False)  # the input's block
KINDS = {"picture": IMAGE, **LAYER_KINDS}
EDGE = "#444444"
CAPTION = (
    "Above a block its channels, below it the resolution where that changes. Heights follow the "
    "square root of the resolution, widths that of the channels. Normalizations and activations "
    "are left out."
)

# In units of the image's height.
GAP = 0.45
NARROWEST = 0.25
WIDTH_PER_ROOT_CHANNEL = 0.05


@dataclass(frozen=True)
class _Block:
    """A layer's rectangle, centered on y = 0."""

    row: LayerRow
    left: float
    width: float
    height: float

    @property
    def center(self) -> float:
        return self.left + self.width / 2

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def top(self) -> float:
        return self.height / 2


def draw(report: ArchitectureReport) -> np.ndarray:
    """Draws the networks of a report below each other, to the same scale.

    Returns:
        (H, W, 3) uint8, sRGB.
    """
    networks = report.networks
    placed = {name: _place(n, report.image_size) for name, n in networks.items()}
    blocks = [block for row in placed.values() for block in row]
    span = max(block.right for block in blocks)
    tallest = max(block.height for block in blocks) / 2

    figure = Figure(figsize=(16, 1.6 + 3.9 * len(networks)), dpi=110, layout="constrained")
    canvas = FigureCanvasAgg(figure)
    figure.suptitle(report.title, fontsize=15)
    panels = figure.subplots(len(networks), 1, squeeze=False)[:, 0]
    for axes, (name, network) in zip(panels, networks.items(), strict=True):
        _draw_network(axes, placed[name], tallest)
        center = placed[name][-1].right / 2
        axes.set_xlim(center - span / 2 - 0.1, center + span / 2 + 0.1)
        field = network.receptive_field
        title = f"{name.capitalize()}: {network.parameters:,} parameters"
        axes.set_title(
            title + (f", receptive field {by((field, field))}" if field else ""), fontsize=12
        )
    kinds = (KINDS[block.row.type] for block in blocks)
    colors = {kind.legend or kind.name: kind.color for kind in kinds}
    handles = [Patch(facecolor=c, edgecolor=EDGE, label=name) for name, c in colors.items()]
    figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=len(handles),
        frameon=False,
        title=CAPTION,
    )
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def _place(network: NetworkReport, image_size: int) -> list[_Block]:
    """Puts the blocks from left to right; residual blocks touch each other."""
    image = LayerRow("picture", "picture", (image_size, image_size, 3), 0)
    blocks: list[_Block] = []
    right = 0.0
    for row in (image, *(row for row in network.layers if row.type in KINDS)):
        if blocks and not row.type == blocks[-1].row.type == "ResidualBlock":
            right += GAP
        size, _, channels = row.output_shape
        width = NARROWEST + WIDTH_PER_ROOT_CHANNEL * channels**0.5
        blocks.append(_Block(row, right, width, (size / image_size) ** 0.5))
        right += width
    return blocks


def _draw_network(axes: Axes, blocks: list[_Block], tallest: float) -> None:
    """Draws blocks, their captions, and above `tallest` the skip connections."""
    axes.axis("off")
    axes.plot([0, blocks[-1].right], [0, 0], color=EDGE, linewidth=1, zorder=0)
    encoder: dict[int, _Block] = {}  # the first block of each size: where skips start
    ceiling = tallest + 0.12
    previous = 0
    for block in blocks:
        size, _, channels = block.row.output_shape
        _draw_block(axes, block, str(channels), by((size, size)) if size != previous else "")
        if block.row.type == "Concatenate":
            ceiling += 0.08
            _draw_skip(axes, encoder[size], block, ceiling)
        elif block.row.type != "picture":
            encoder.setdefault(size, block)
        previous = size
    axes.set_ylim(-tallest - 0.1, ceiling)


def _draw_block(axes: Axes, block: _Block, above: str, below: str) -> None:
    color = KINDS[block.row.type].color
    corner = (block.left, -block.top)
    axes.add_patch(Rectangle(corner, block.width, block.height, facecolor=color, edgecolor=EDGE))
    x, y = block.center, block.top + 0.02
    axes.text(x, 0, block.row.name, rotation=90, ha="center", va="center", fontsize=8)
    axes.text(x, y, above, ha="center", va="bottom", fontsize=9)
    axes.text(x, -y, below, ha="center", va="top", fontsize=9)


def _draw_skip(axes: Axes, start: _Block, end: _Block, height: float) -> None:
    """An arrow from above one block to above another."""
    above = 0.1  # leaves room for the channels
    color = "#a08a2c"
    axes.plot(
        [start.center, start.center, end.center],
        [start.top + above, height, height],
        color=color,
    )
    axes.annotate(
        "",
        xy=(end.center, end.top + above),
        xytext=(end.center, height),
        arrowprops={"arrowstyle": "-|>", "color": color, "shrinkA": 0},
    )
