"""Convert images from Python as the command does."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from negcolor.inference.colorization import GreyConverter, load_grey_converter
from negcolor.inference.convert import DEFAULT_MEMORY, ImageFunction, Method, NegativeConverter
from negcolor.inference.models import (
    default_folder,
    find_model,
    generator_converter,
    load_converter,
)
from negcolor.inference.trims import NO_TRIMS, Trims

if TYPE_CHECKING:
    import keras


def colorize(
    scan: np.ndarray,
    model: str | Path | keras.Model | ImageFunction | None = None,
    *,
    trims: Trims = NO_TRIMS,
    method: str = "auto",
    memory: int = DEFAULT_MEMORY,
) -> np.ndarray:
    """Turns a scanned negative into a color photograph.

    Args:
        scan: (H, W, 3) uint8, uint16 or floating point in [0, 1], as the scanner wrote it (sRGB).
        model: a run folder, a `.keras` file, a compact or an exported model, a bundled model's
            name, a generator, or a function of a float32 image in [0, 1]; without it, the bundled
            `DEFAULT_MODEL` is taken.
        trims: applied to the result before it is rounded to the scan's dtype.
        method: "whole", "tiled", "guided", or "auto", see `negcolor.inference.convert`.
        memory: bytes that the process may take in all; decides between the methods.

    Returns:
        (H, W, 3) sRGB of the scan's size and dtype.

    Raises:
        NegcolorError: the model cannot be read, or the method cannot be had with it.
        ValueError: `method` is not one of the four.
    """
    converter = _negative_converter(default_folder() if model is None else model)
    return replace(converter, method=Method(method), memory=memory, trims=trims)(scan)


def colorize_grey(
    image: np.ndarray, system: str | Path | GreyConverter, *, trims: Trims = NO_TRIMS
) -> np.ndarray:
    """Colors a black-and-white photograph, which keeps its lightness L*.

    Args:
        image: (H, W, 3) or (H, W), uint8, uint16 or floating point in [0, 1], sRGB; of colors
            only the lightness counts.
        system: a run folder of a grey-to-color system, a folder of its export, or what
            `load_grey_converter` makes of one.
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
        system = _cached_grey_converter(folder, file.stat().st_mtime_ns if file.is_file() else 0)
    return replace(system, trims=trims)(image)


def _negative_converter(model: str | Path | keras.Model | ImageFunction) -> NegativeConverter:
    if isinstance(model, str | Path):
        file = find_model(model)
        return _cached_converter(file, file.stat().st_mtime_ns)
    if hasattr(model, "predict_on_batch"):
        return generator_converter(model)
    return NegativeConverter(model)


@lru_cache(maxsize=2)
def _cached_converter(file: Path, modified: int) -> NegativeConverter:
    """The converter in a file or folder as of that time; a training may write it again."""
    return load_converter(file)


@lru_cache(maxsize=2)
def _cached_grey_converter(folder: Path, modified: int) -> GreyConverter:
    return load_grey_converter(folder)
