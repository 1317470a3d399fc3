"""Apply a trained generator to pictures of any size and bit depth."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from negcolor.errors import NegcolorError
from negcolor.images.color import from_network, from_unit, to_network, to_unit

if TYPE_CHECKING:
    import keras

PICTURES = (None, None, None, 3)
MULTIPLE = 4  # the encoder halves the picture twice
SMALLEST = 8  # below it, the bottleneck is too small to be padded by reflection


def load_generator(model: str | Path) -> keras.Model:
    """The generator G of a run folder, or the one in a `.keras` file.

    Raises:
        NegcolorError: there is no such model, or it cannot be read.
    """
    import keras

    from negcolor.networks import layers  # noqa: F401  (registers the layers with Keras)

    file = _generator_file(model)
    try:
        generator = keras.saving.load_model(file, compile=False)
        if not generator.input_shape == generator.output_shape == PICTURES:
            raise ValueError("it does not turn pictures of any size into pictures")
        return generator
    except Exception as error:  # Keras raises many types for files that are no models
        raise NegcolorError(
            f"{file}: this is not a generator that Keras can read ({_first_line(error)}); give "
            "the generator_g.keras of a run."
        ) from error


def _generator_file(model: str | Path) -> Path:
    path = Path(model)
    file = path / "generator_g.keras" if path.is_dir() else path
    if not file.is_file():
        raise NegcolorError(
            f"{model}: there is no generator here; give a run folder of negcolor-train or a "
            ".keras file."
        )
    return file


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")


def apply_generator(generator: keras.Model, picture: np.ndarray) -> np.ndarray:
    """One pass over the whole picture, in float32.

    Args:
        generator: (1, H, W, 3) -> (1, H, W, 3) in [-1, 1], H and W multiples of 4.
        picture: (H, W, 3) floating point in [0, 1], of any size.

    Returns:
        (H, W, 3) float32 in [0, 1]. The picture is padded by reflection at the bottom and the
        right for the pass.
    """
    height, width = picture.shape[:2]
    padded_sides = [max(SMALLEST, -(-side // MULTIPLE) * MULTIPLE) for side in (height, width)]
    padding = [(0, padded_sides[0] - height), (0, padded_sides[1] - width), (0, 0)]
    padded = np.pad(to_network(picture), padding, mode="reflect")
    # Compiled, Keras frees each layer's output once it is used; a plain call keeps them all.
    result = generator.predict_on_batch(padded[None])[0, :height, :width]
    return np.asarray(from_network(result), "float32")


def colorize(scan: np.ndarray, model: str | Path | keras.Model) -> np.ndarray:
    """Turns a scanned negative into a colour photograph.

    Args:
        scan: (H, W, 3) uint8, uint16 or floating point in [0, 1], as the scanner wrote it (sRGB).
        model: a run folder, a `.keras` file or a generator.

    Returns:
        (H, W, 3) sRGB of the scan's size and dtype.

    Raises:
        NegcolorError: the model cannot be read.
    """
    if isinstance(model, str | Path):
        file = _generator_file(model)
        model = _cached_generator(file, file.stat().st_mtime_ns)
    result = apply_generator(model, to_unit(scan))
    if np.issubdtype(scan.dtype, np.integer):
        return from_unit(result, scan.dtype)
    return result.astype(scan.dtype)


@lru_cache(maxsize=2)
def _cached_generator(file: Path, modified: int) -> keras.Model:
    """The generator in a file as of that time; a training may write the file again."""
    return load_generator(file)
