"""Three ways to convert a scan, and which of them suits its size and the memory."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from negcolor.errors import NegcolorError
from negcolor.images.color import (
    from_unit,
    linear_to_srgb,
    luminance,
    srgb_to_linear,
    to_unit,
)
from negcolor.inference.bands import map_row_blocks
from negcolor.inference.guided import LONG_SIDE, Finish, guided
from negcolor.inference.models import KerasNetwork, Network
from negcolor.inference.trims import NO_TRIMS, Trims, apply_trims

BASE = 700_000_000  # bytes that TensorFlow, a model and this program take by themselves
DEFAULT_MEMORY = 2 * 2**30


class Method(StrEnum):
    """How a scan goes through a network; `auto` chooses by size and memory.

    - whole: in one pass.
    - tiled: what one pass gives, in bands of rows, with the feature maps on disk if need be.
    - guided: a reduced image goes through the network, and the color transformation found
      there is applied to the scan in its own size.
    """

    AUTO = "auto"
    WHOLE = "whole"
    TILED = "tiled"
    GUIDED = "guided"


def choose_method(shape: tuple[int, ...], network: Network, method: Method, memory: int) -> Method:
    """The method itself, or for `auto`: guided for images that it would reduce, else whole.

    Where the memory does not suffice for one pass, tiled takes the place of whole.

    Args:
        shape: of the scan, (H, W, 3).
        memory: bytes that the process may take in all.

    Raises:
        NegcolorError: the method cannot be had with this network.
    """
    if method is Method.TILED and not isinstance(network, KerasNetwork):
        raise NegcolorError(
            "--method tiled needs the network's layers, which an exported or served model does "
            "not give: name the run folder or the .keras file as --model, or choose another "
            "--method."
        )
    if method is not Method.AUTO:
        return method
    if max(shape[:2]) > LONG_SIDE:
        return Method.GUIDED
    if not isinstance(network, KerasNetwork):
        return Method.WHOLE
    needed = BASE + network.bytes_per_pixel * shape[0] * shape[1]
    return Method.WHOLE if needed <= memory else Method.TILED


def convert(
    scan: np.ndarray,
    network: Network,
    method: Method,
    memory: int,
    dtype: np.typing.DTypeLike,
    trims: Trims = NO_TRIMS,
    *,
    neutral: bool = False,
) -> np.ndarray:
    """Turns a scanned negative into a color photograph.

    Args:
        scan: (H, W, 3) uint8, uint16 or floating point in [0, 1], sRGB.
        network: what converts images.
        method: whole, tiled or guided; see `choose_method`.
        memory: bytes that the process may take in all.
        dtype: of the result: uint8, uint16 or floating point.
        trims: applied to the result before it is rounded to `dtype`.
        neutral: whether the result is made grey before it is trimmed, see `made_neutral`.

    Returns:
        (H, W, 3) sRGB of the scan's size.

    Raises:
        NegcolorError: no room on disk for feature maps; or what the network raises.
    """

    def finish(rows: np.ndarray) -> np.ndarray:
        return apply_trims(made_neutral(rows) if neutral else rows, trims)

    if method is Method.GUIDED:
        return guided(scan, lambda image: _fitting_pass(image, network, memory), dtype, finish)
    if method is Method.TILED and isinstance(network, KerasNetwork):
        return _tiled(scan, network, memory, dtype, finish)
    return _finished(network.run(to_unit(scan)), dtype, finish)


def made_neutral(rows: np.ndarray) -> np.ndarray:
    """The grey of the same luminance.

    Args:
        rows: (h, W, 3) floating point sRGB in [0, 1]; values outside are clipped first.

    Returns:
        (h, W, 3) of the same dtype, three equal channels.
    """
    grey = linear_to_srgb(luminance(srgb_to_linear(np.clip(rows, 0.0, 1.0))))
    return np.repeat(grey[..., None], 3, axis=-1)


def _fitting_pass(image: np.ndarray, network: Network, memory: int) -> np.ndarray:
    method = choose_method(image.shape, network, Method.AUTO, memory)
    return convert(image, network, method, memory, "float32")


def _finished(positive: np.ndarray, dtype: np.typing.DTypeLike, finish: Finish) -> np.ndarray:
    """A whole positive as it is stored; in bands, so that no second copy in float32 is made."""
    result = np.empty(positive.shape, dtype)

    def store(start: int, stop: int) -> None:
        result[start:stop] = from_unit(finish(positive[start:stop]), dtype)

    map_row_blocks(store, len(positive))
    return result


def _tiled(
    scan: np.ndarray,
    network: KerasNetwork,
    memory: int,
    dtype: np.typing.DTypeLike,
    finish: Finish,
) -> np.ndarray:
    result = np.empty(scan.shape, dtype)
    spare = memory - BASE - scan.nbytes - result.nbytes
    for start, rows in network.run_in_bands(scan, spare):
        result[start : start + len(rows)] = from_unit(finish(rows), dtype)
    return result
