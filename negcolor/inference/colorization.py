"""Grey images in color: a network sees the image small, the image keeps its lightness."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from negcolor.errors import NegcolorError, first_line
from negcolor.experiments.run_folder import is_system_run, load_colorization_run
from negcolor.images.color import from_unit, to_unit
from negcolor.images.lab import denormalize_lab, lab_to_image, normalize_lab, srgb_to_lab
from negcolor.images.resize import resized
from negcolor.inference.bands import map_row_blocks
from negcolor.inference.bundled import bundled_folder
from negcolor.inference.guided import EnlargedMaps
from negcolor.inference.models import latest_version, load_saved_model
from negcolor.inference.trims import NO_TRIMS, Trims, apply_trims

if TYPE_CHECKING:
    import keras


class Colorizer(Protocol):
    """A network that sees the colors of a grey image of one size.

    Attributes:
        side: S, height and width of that image.
    """

    side: int

    def maps(self, lightness: np.ndarray) -> np.ndarray:
        """L* of normalized Lab, (S, S) float32 -> (S, S, 2, 2), see `lifting.color_maps`."""


def add_color(
    image: np.ndarray,
    colorizer: Colorizer,
    dtype: np.typing.DTypeLike,
    trims: Trims = NO_TRIMS,
    *,
    out: np.ndarray | None = None,
) -> tuple[np.ndarray, int]:
    """Colors an image, which keeps its lightness L* and all its detail.

    The network sees it reduced and squashed to a square, as in its training; its a* and b* are
    carried over as `negcolor.inference.chroma_upsampling` says.

    Args:
        image: (H, W, 3) uint8, uint16 or floating point in [0, 1], sRGB, of any size; of colors
            only the lightness counts.
        colorizer: what sees the colors.
        dtype: of the result: uint8, uint16 or floating point.
        trims: applied to the result before it is rounded to `dtype`.
        out: (H, W, 3) of `dtype` to write the result into, such as the image itself.

    Returns:
        (H, W, 3) sRGB, and how many of its pixels had colors that sRGB lacks and were mixed with
        grey until they fitted.
    """
    size = image.shape[:2]
    small = resized(_all_lightness(image), (colorizer.side, colorizer.side))
    maps = EnlargedMaps(colorizer.maps(small), size)
    result = np.empty(image.shape, dtype) if out is None else out

    def color_rows(start: int, stop: int) -> int:
        lightness = _lightness(image[start:stop])
        lab = np.concatenate([lightness, maps.apply(lightness, start)], axis=-1)
        rows, outside = lab_to_image(denormalize_lab(lab))
        result[start:stop] = from_unit(apply_trims(rows, trims), dtype)
        return int(np.count_nonzero(outside))

    return result, sum(map_row_blocks(color_rows, size[0]))


def _all_lightness(image: np.ndarray) -> np.ndarray:
    plane = np.empty(image.shape[:2], "float32")

    def fill(start: int, stop: int) -> None:
        plane[start:stop] = _lightness(image[start:stop])[..., 0]

    map_row_blocks(fill, len(plane))
    return plane


def _lightness(rows: np.ndarray) -> np.ndarray:
    """(h, W, 3) pixels -> (h, W, 1) float32, L* of normalized Lab."""
    return normalize_lab(srgb_to_lab(to_unit(rows)))[..., :1]


class KerasColorizer:
    """A colorizer as a Keras model: (N, S, S, 1) -> (N, S, S, 2), or (N, S, S, 3) with L*."""

    def __init__(self, generator: keras.Model) -> None:
        self.generator = generator
        self.side = generator.input_shape[1]

    def maps(self, lightness: np.ndarray) -> np.ndarray:
        from negcolor.inference.chroma_upsampling import color_maps

        batch = lightness[None, ..., None]
        colors = self.generator.predict_on_batch(batch)[..., -2:]
        return np.asarray(color_maps(batch, colors))[0]


class SavedColorizer:
    """An exported colorizer, see `negcolor.serving.export`, through its function color_maps."""

    def __init__(self, folder: Path) -> None:
        self._model = load_saved_model(folder)  # keeps the weights alive
        if not hasattr(self._model, "color_maps"):
            raise _for_negatives(folder)
        (function,) = self._model.color_maps.concrete_functions
        (specification,), _ = function.structured_input_signature
        self.side = specification.shape[1]

    def maps(self, lightness: np.ndarray) -> np.ndarray:
        return self._model.color_maps(lightness[None, ..., None]).numpy()[0]


def load_colorizer(folder: str | Path) -> Colorizer:
    """The colorizer of a run folder of a grey-to-color system, or of a folder of its export.

    Raises:
        NegcolorError: there is none, or it cannot be read.
    """
    path = Path(folder)
    if saved := latest_version(path):
        return SavedColorizer(saved)
    return KerasColorizer(load_coloring_generator(path))


def load_coloring_generator(run: Path) -> keras.Model:
    """The generator of colors of a run folder: (N, S, S, 1) -> (N, S, S, 2 or 3).

    Raises:
        NegcolorError: the folder is no run of a grey-to-color system or has no generator yet, the
            generator cannot be read, or keras-hub, which it needs, is not installed.
    """
    file = run / "generator_g.keras"
    if not is_system_run(run):
        if file.is_file() or run.is_file() or bundled_folder(str(run)):
            raise _for_negatives(run)
        raise NegcolorError(
            f"{run}: there is no colorizer here; give a run folder of negcolor-train --system, or "
            "a folder that negcolor-export made of one."
        )
    system = load_colorization_run(run, {}).configured_system()

    import keras

    from negcolor.networks import backbones
    from negcolor.networks import factory as _  # registers its layers with Keras

    if {"resnet18", "deeplab"} & set(system.backbones()):
        backbones.keras_hub_module()  # registers its layers
    try:
        generator = keras.saving.load_model(file, compile=False)
        _, height, width, channels = generator.input_shape
        if height != width or channels != 1 or generator.output_shape[-1] not in (2, 3):
            raise ValueError("it does not turn lightness into colors")
        return generator
    except Exception as error:  # Keras raises many types for files that are no models
        raise NegcolorError(
            f"{file}: this is not a colorizer that Keras can read ({first_line(error)}); give the "
            "run folder of a training that has ended an epoch."
        ) from error


def _for_negatives(model: Path) -> NegcolorError:
    return NegcolorError(f"{model} is a model for negatives: give it as --model, not as a system.")
