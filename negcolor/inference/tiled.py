"""What one pass over the whole image gives, in bounded memory.

Instance normalization needs the mean and the variance of the whole image, so bands of an image
cannot be converted one after the other. Here the image is swept over once per normalization:
each sweep computes the normalization's input band by band and merges the bands' statistics; the
next sweeps use them. Inputs of normalizations below the image's own size are kept between the
sweeps, on disk where the memory does not allow. Those of its own size are so large, and their
layers so cheap, that they are computed again. For the generator of Table I that is 5 % more
multiplications than one pass over the whole image does. What a generator with a prior reads from
a small copy of the image is found in a sweep of its own, before the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from negcolor.images.color import from_network, to_network, to_unit
from negcolor.inference.tiled_graph import (
    COPIES,
    Node,
    Sweep,
    image_graph,
    plan_sweeps,
    stored_bytes_per_pixel,
)
from negcolor.inference.tiled_storage import DiskMap, FeatureMap, MemoryMap, check_room
from negcolor.networks.apply import reflect_indices
from negcolor.networks.layers import EPSILON

ROWS = 64  # of the image per band, if the memory allows: higher bands hardly save time
FEWEST_ROWS = 8
OVERLAP = 16  # rows by which the bands of one sweep overlap, at most


@dataclass(frozen=True)
class Statistics:
    """Mean and variance per channel, (C,) float64, and the number of pixels they are of."""

    count: int
    mean: np.ndarray
    variance: np.ndarray

    def merge(self, other: Statistics) -> Statistics:
        """Of both sets of pixels (Chan, Golub, LeVeque 1979, STAN-CS-79-773, eq. 2.1)."""
        count = self.count + other.count
        ours, theirs = self.count / count, other.count / count
        delta = other.mean - self.mean
        variance = ours * self.variance + theirs * other.variance + ours * theirs * delta**2
        return Statistics(count, self.mean + theirs * delta, variance)

    def over_channels(self) -> Statistics:
        """Of all channels together, repeated for each: what layer normalization uses."""
        mean = self.mean.mean()
        variance = self.variance.mean() + self.mean.var()
        return Statistics(
            self.count, np.full_like(self.mean, mean), np.full_like(self.mean, variance)
        )


def statistics(rows: Any) -> Statistics:
    """Of a tensor (1, h, W, C)."""
    _, height, width, _ = rows.shape
    mean, variance = ops.moments(rows, axes=(0, 1, 2))
    arrays = [ops.convert_to_numpy(x).astype("float64") for x in (mean, variance)]
    return Statistics(height * width, *arrays)


class Bands:
    """Computes rows of any node from what is known: kept maps, statistics and the image.

    Args:
        image_rows: (start, stop) -> rows of the image, (stop - start, W, 3) float32 in
            [-1, 1].
        size: height and width of the image, multiples of 4 from 8 on.
        new_map: makes room for an output (H, W, C) that is kept.
    """

    def __init__(
        self,
        image_rows: Callable[[int, int], np.ndarray],
        size: tuple[int, int],
        new_map: Callable[[tuple[int, int, int]], FeatureMap] = MemoryMap,
    ) -> None:
        self.statistics: dict[Node, Statistics] = {}
        self._image_rows = image_rows
        self._height, self._width = size
        self._new_map = new_map
        self._maps: dict[Node, FeatureMap] = {}
        self._recent: dict[Node, tuple[int, Any]] = {}  # rows of nodes with several readers
        self._whole: dict[Node, Any] = {}

    def compute_global_nodes(self, nodes: list[Node]) -> None:
        """Computes the nodes that are about the whole image; the first thing to be done."""
        for node in nodes:
            if node.scale:
                continue
            if not node.inputs[0].scale:
                self._whole[node] = node.call(*(self._whole[source] for source in node.inputs))
                continue
            starts = range(0, self._height, ROWS)
            self._whole[node] = sum(
                node.call(self.rows(node.inputs[0], start, stop), start, self._height)
                for start, stop in ((y, min(y + ROWS, self._height)) for y in starts)
            )

    def run(self, sweep: Sweep, rows: int) -> Iterator[tuple[int, np.ndarray]]:
        """Fills the maps that are new and finds the norm's statistics, or yields the output.

        Args:
            sweep: the next one of `plan_sweeps`.
            rows: of the image per band, a multiple of 4.

        Yields:
            (start, rows) of the last sweep, (h, W, C) float32.
        """
        new = {node: self._new_map(self._shape(node)) for node in sweep.stored}
        total = None
        for start in range(0, self._height, rows):
            stop = min(start + rows, self._height)
            computed = {
                node: self.rows(node, int(start * node.scale), int(stop * node.scale))
                for node in (sweep.target, *sweep.stored)
            }
            self._recent.clear()
            for node, kept in new.items():
                kept.write(int(start * node.scale), ops.convert_to_numpy(computed[node])[0])
            if sweep.norm is None:
                yield start, ops.convert_to_numpy(computed[sweep.target])[0]
            else:
                found = statistics(computed[sweep.target])
                total = total.merge(found) if total else found
        if sweep.norm and total:
            pooled = isinstance(sweep.norm.norm, keras.layers.GroupNormalization)
            self.statistics[sweep.norm] = total.over_channels() if pooled else total
        self._maps |= new
        for node in sweep.released:
            self._maps.pop(node).close()

    def close(self) -> None:
        """Frees all maps."""
        for kept in self._maps.values():
            kept.close()

    def rows(self, node: Node, start: int, stop: int) -> Any:
        """The rows [start, stop) of a node's output, (1, stop - start, W, C).

        Of a node about the whole image, all of its output.
        """
        if node in self._whole:
            return self._whole[node]
        if node in self._maps:
            return ops.convert_to_tensor(self._maps[node].read(start, stop)[None])
        if not node.inputs:
            return ops.convert_to_tensor(self._image_rows(start, stop)[None])
        if node in self._recent:
            first, known = self._recent[node]
            if first <= start and stop <= first + known.shape[1]:
                return _cut(known, start - first, stop - first)
        height = int(self._height * node.inputs[0].scale)
        first, last = node.reach.source(start, stop, height)
        result = self._apply(node, [self.rows(source, first, last) for source in node.inputs])
        first = first * node.reach.up // node.reach.down
        result = _cut(result, start - first, stop - first)
        if node.kept:
            self._recent[node] = (start, result)
        return result

    def _apply(self, node: Node, inputs: list[Any]) -> Any:
        if node.norm is None:
            return node.call(*inputs)
        known = self.statistics[node]
        return ops.batch_normalization(
            *inputs,
            known.mean.astype("float32"),
            known.variance.astype("float32"),
            axis=-1,
            offset=node.norm.beta,
            scale=node.norm.gamma,
            epsilon=EPSILON,
        )

    def _shape(self, node: Node) -> tuple[int, int, int]:
        return int(self._height * node.scale), int(self._width * node.scale), node.channels


def _cut(rows: Any, start: int, stop: int) -> Any:
    return rows if stop - start == rows.shape[1] else rows[:, start:stop]


def tiled_pass(
    generator: keras.Model, image: np.ndarray, memory: int
) -> Iterator[tuple[int, np.ndarray]]:
    """What `apply_generator` gives, band by band in bounded memory.

    Args:
        generator: a functional model of `build_generator`'s layers.
        image: (H, W, 3) uint8, uint16 or floating point in [0, 1], of any size.
        memory: bytes that may be used beside what is in use already.

    Yields:
        (start, rows): rows of the result from the top to the bottom, (h, W, 3) float32 in [0, 1].

    Raises:
        NegcolorError: there is no room on disk for the feature maps.
    """
    height, width = image.shape[:2]
    rows, columns = reflect_indices(height), reflect_indices(width)

    def image_rows(start: int, stop: int) -> np.ndarray:
        return to_network(to_unit(image[rows[start:stop, None], columns]))

    nodes = image_graph(generator)
    sweeps = plan_sweeps(nodes)
    stored_bytes = int(stored_bytes_per_pixel(sweeps) * len(rows) * len(columns))
    on_disk = stored_bytes > memory // 2
    if on_disk:
        check_room(stored_bytes)
    else:
        memory -= stored_bytes
    with closing(
        Bands(image_rows, (len(rows), len(columns)), DiskMap if on_disk else MemoryMap)
    ) as bands:
        bands.compute_global_nodes(nodes)
        for sweep in sweeps:
            for start, band in bands.run(sweep, _rows_per_band(sweep, len(columns), memory)):
                if start < height:
                    result = from_network(band[: height - start, :width])
                    yield start, np.asarray(result, "float32")


def _rows_per_band(sweep: Sweep, width: int, memory: int) -> int:
    row_bytes = sweep.bytes_per_pixel * width * COPIES
    rows = int(memory / row_bytes) - OVERLAP
    return max(FEWEST_ROWS, min(ROWS, rows) // 4 * 4)
