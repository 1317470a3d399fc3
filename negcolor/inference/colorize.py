"""Convert pictures from Python as the command does."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from negcolor.inference.methods import DEFAULT_MEMORY, Method, choose_method, convert
from negcolor.inference.models import (
    KerasNetwork,
    Network,
    generator_file,
    latest_version,
    load_network,
)

if TYPE_CHECKING:
    import keras


def colorize(
    scan: np.ndarray,
    model: str | Path | keras.Model | Network,
    *,
    method: str = "auto",
    memory: int = DEFAULT_MEMORY,
) -> np.ndarray:
    """Turns a scanned negative into a colour photograph.

    Args:
        scan: (H, W, 3) uint8, uint16 or floating point in [0, 1], as the scanner wrote it (sRGB).
        model: a run folder, a `.keras` file, an exported model, a generator, or any `Network`.
        method: "whole", "tiled", "guided", or "auto", see `negcolor.inference.methods`.
        memory: bytes that the process may take in all; decides between the methods.

    Returns:
        (H, W, 3) sRGB of the scan's size and dtype.

    Raises:
        NegcolorError: the model cannot be read, or the method cannot be had with it.
        ValueError: `method` is not one of the four.
    """
    network = _network(model)
    chosen = choose_method(scan.shape, network, Method(method), memory)
    return convert(scan, network, chosen, memory, scan.dtype)


def _network(model: str | Path | keras.Model | Network) -> Network:
    if isinstance(model, str | Path):
        file = latest_version(Path(model)) or generator_file(model)
        return _cached_network(file, file.stat().st_mtime_ns)
    return KerasNetwork(model) if hasattr(model, "predict_on_batch") else model


@lru_cache(maxsize=2)
def _cached_network(file: Path, modified: int) -> Network:
    """The network in a file or folder as of that time; a training may write it again."""
    return load_network(file)
