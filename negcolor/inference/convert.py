"""Converters: what turns scans into the images that are wanted, each scan by one of three methods.

A batch, the Python API and an evaluation know of a converter what `Converter` says. Here is that of
negatives; those of black-and-white photographs are in `colorization`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from negcolor.errors import NegcolorError
from negcolor.images.color import (
    from_unit,
    linear_to_srgb,
    luminance,
    srgb_to_linear,
    to_unit,
)
from negcolor.images.resize import downscale_to
from negcolor.images.row_blocks import map_row_blocks
from negcolor.inference.guided import EnlargedMaps, affine_maps
from negcolor.inference.trims import NO_TRIMS, Trims, apply_trims

if TYPE_CHECKING:
    import keras

ImageFunction = Callable[[np.ndarray], np.ndarray]
"""(H, W, 3) float32 sRGB in [0, 1], of any size -> the same: one pass over a whole image."""

LONG_SIDE = 1024  # pixels of the reduced image that `guided` converts
BASE = 700_000_000  # bytes that TensorFlow, a model and this program take by themselves
DEFAULT_MEMORY = 2 * 2**30


class Method(StrEnum):
    """How a scan is converted; `auto` chooses by size and memory.

    - whole: in one pass.
    - tiled: what one pass gives, in bands of rows, with the feature maps on disk if need be.
    - guided: a reduced image is converted, and the color transformation found there is applied to
      the scan in its own size.
    """

    AUTO = "auto"
    WHOLE = "whole"
    TILED = "tiled"
    GUIDED = "guided"


class Converted(NamedTuple):
    """What a converter gives.

    pixels: (H, W, 3) sRGB.
    out_of_gamut_pixels: of colored images, how many pixels had colors that sRGB lacks and were
        mixed with grey until they fitted.
    """

    pixels: np.ndarray
    out_of_gamut_pixels: int | None = None


class Converter(Protocol):
    """Turns scans into the images that are wanted; called, it is a function of an image."""

    def choose_method(self, shape: tuple[int, ...]) -> Method:
        """How a scan of that shape, (H, W, 3), is to be converted; never `auto`."""

    def convert(self, scan: np.ndarray, method: Method, dtype: np.typing.DTypeLike) -> Converted:
        """Converts one scan.

        Args:
            scan: (H, W, 3) uint8, uint16 or floating point in [0, 1], sRGB.
            method: what `choose_method` gives for its shape.
            dtype: of the result: uint8, uint16 or floating point.

        Raises:
            NegcolorError: there is no room on disk for feature maps, or a server fails.
        """

    def check(self) -> None:
        """Raises a NegcolorError where, after a failure, no other scan can succeed either.

        By default it never does.
        """
        return

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """The result for an image as `convert` takes it, of the same dtype."""
        return self.convert(image, self.choose_method(image.shape), image.dtype).pixels


def _never_raises() -> None:
    pass


@dataclass(frozen=True)
class NegativeConverter(Converter):
    """Negatives become positives.

    Attributes:
        run: one pass over a whole image.
        generator: what `run` applies, if that is a Keras model: it can be applied in tiles, too.
        method: how scans are converted.
        memory: bytes that the process may take in all; decides between whole and tiled.
        trims: of the results, before they are rounded.
        neutral: whether results are made grey before they are trimmed, see `made_neutral`.
        check: see `Converter`.

    Raises:
        NegcolorError: the method is tiled, and there is no generator.
    """

    run: ImageFunction
    generator: keras.Model | None = None
    method: Method = Method.AUTO
    memory: int = DEFAULT_MEMORY
    trims: Trims = NO_TRIMS
    neutral: bool = False
    check: Callable[[], None] = _never_raises

    def __post_init__(self) -> None:
        if self.method is Method.TILED and self.generator is None:
            raise NegcolorError(
                "--method tiled needs the network's layers, which an exported or served model "
                "does not give: name the run folder or the .keras file as --model, or choose "
                "another --method."
            )

    def choose_method(self, shape: tuple[int, ...]) -> Method:
        """The method itself, or for `auto`: guided for images that it would reduce, else whole.

        Where the memory does not suffice for one pass, tiled takes the place of whole.
        """
        if self.method is not Method.AUTO:
            return self.method
        if max(shape[:2]) > LONG_SIDE:
            return Method.GUIDED
        return Method.WHOLE if self._fits(shape) else Method.TILED

    def convert(self, scan: np.ndarray, method: Method, dtype: np.typing.DTypeLike) -> Converted:
        result = np.empty(scan.shape, dtype)

        def store(start: int, positive: np.ndarray) -> None:
            rows = made_neutral(positive) if self.neutral else positive
            result[start : start + len(rows)] = from_unit(apply_trims(rows, self.trims), dtype)

        if method is Method.TILED:
            for start, rows in self._tiles(scan, result.nbytes):
                store(start, rows)
        elif method is Method.GUIDED:
            reduced = downscale_to(scan, LONG_SIDE)
            maps = EnlargedMaps(affine_maps(reduced, self._one_pass(reduced)), scan.shape[:2])
            map_row_blocks(
                lambda start, stop: store(start, maps.apply(to_unit(scan[start:stop]), start)),
                len(scan),
            )
        else:
            positive = self.run(to_unit(scan))
            map_row_blocks(lambda start, stop: store(start, positive[start:stop]), len(scan))
        return Converted(result)

    def _fits(self, shape: tuple[int, ...]) -> bool:
        """Whether one pass over an image fits into memory, as far as that can be told."""
        if self.generator is None:
            return True

        from negcolor.inference.tiled_graph import whole_bytes_per_pixel

        needed = BASE + whole_bytes_per_pixel(self.generator) * shape[0] * shape[1]
        return needed <= self.memory

    def _one_pass(self, image: np.ndarray) -> np.ndarray:
        """The positive of a float32 image, likewise: in one pass or, by memory, in tiles."""
        if self._fits(image.shape):
            return from_unit(self.run(image), "float32")
        return np.concatenate([rows for _, rows in self._tiles(image, image.nbytes)])

    def _tiles(self, image: np.ndarray, result_bytes: int) -> Iterator[tuple[int, np.ndarray]]:
        """(start, rows) of the positive of an image, float32, within the memory."""
        from negcolor.inference.tiled import tiled_pass

        spare = self.memory - BASE - image.nbytes - result_bytes
        return tiled_pass(self.generator, image, spare)


def made_neutral(rows: np.ndarray) -> np.ndarray:
    """The grey of the same luminance.

    Args:
        rows: (h, W, 3) floating point sRGB in [0, 1]; values outside are clipped first.

    Returns:
        (h, W, 3) of the same dtype, three equal channels.
    """
    grey = linear_to_srgb(luminance(srgb_to_linear(np.clip(rows, 0.0, 1.0))))
    return np.repeat(grey[..., None], 3, axis=-1)
