"""Convert images from Python as the command does."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from negcolor.inference.bundled import default_folder
from negcolor.inference.colorization import Colorizer, add_color, load_colorizer
from negcolor.inference.convert import DEFAULT_MEMORY, Method, choose_method, convert
from negcolor.inference.models import KerasNetwork, Network, find_model, load_network
from negcolor.inference.trims import NO_TRIMS, Trims

if TYPE_CHECKING:
    import keras


def colorize(
    scan: np.ndarray,
    model: str | Path | keras.Model | Network | None = None,
    *,
    trims: Trims = NO_TRIMS,
    method: str = "auto",
    memory: int = DEFAULT_MEMORY,
) -> np.ndarray:
    """Turns a scanned negative into a color photograph.

    Args:
        scan: (H, W, 3) uint8, uint16 or floating point in [0, 1], as the scanner wrote it (sRGB).
        model: a run folder, a `.keras` file, a compact or an exported model, a shipped model's
            name, a generator, or any `Network`; without it, the shipped `DEFAULT_MODEL` is taken.
        trims: applied to the result before it is rounded to the scan's dtype.
        method: "whole", "tiled", "guided", or "auto", see `negcolor.inference.convert`.
        memory: bytes that the process may take in all; decides between the methods.

    Returns:
        (H, W, 3) sRGB of the scan's size and dtype.

    Raises:
        NegcolorError: the model cannot be read, or the method cannot be had with it.
        ValueError: `method` is not one of the four.
    """
    network = _network(default_folder() if model is None else model)
    chosen = choose_method(scan.shape, network, Method(method), memory)
    return convert(scan, network, chosen, memory, scan.dtype, trims)


def colorize_grey(
    image: np.ndarray, system: str | Path | Colorizer, *, trims: Trims = NO_TRIMS
) -> np.ndarray:
    """Colors a black-and-white photograph, which keeps its lightness L*.

    Args:
        image: (H, W, 3) or (H, W), uint8, uint16 or floating point in [0, 1], sRGB; of colors
            only the lightness counts.
        system: a run folder of a grey-to-color system, a folder of its export, or a `Colorizer`.
        trims: applied to the result before it is rounded to the image's dtype.

    Returns:
        (H, W, 3) sRGB of the image's size and dtype.

    Raises:
        NegcolorError: the system cannot be read.
    """
    if image.ndim == 2:
        image = np.broadcast_to(image[..., None], (*image.shape, 3))
    if isinstance(system, str | Path):
        folder = Path(system)
        file = folder / "generator_g.keras"
        system = _cached_colorizer(folder, file.stat().st_mtime_ns if file.is_file() else 0)
    return add_color(image, system, image.dtype, trims)[0]


def _network(model: str | Path | keras.Model | Network) -> Network:
    if isinstance(model, str | Path):
        file = find_model(model)
        return _cached_network(file, file.stat().st_mtime_ns)
    return KerasNetwork(model) if hasattr(model, "predict_on_batch") else model


@lru_cache(maxsize=2)
def _cached_network(file: Path, modified: int) -> Network:
    """The network in a file or folder as of that time; a training may write it again."""
    return load_network(file)


@lru_cache(maxsize=2)
def _cached_colorizer(folder: Path, modified: int) -> Colorizer:
    return load_colorizer(folder)
