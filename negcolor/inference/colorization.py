"""Converters of black-and-white photographs: a network sees them small and gives them color.

The image keeps its lightness L* and all its detail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from negcolor.errors import NegcolorError, first_line
from negcolor.experiments.run_folder import is_system_run, load_colorization_run
from negcolor.images.color import from_unit, to_unit
from negcolor.images.lab import denormalize_lab, lab_to_image, normalize_lab, srgb_to_lab
from negcolor.images.resize import resized
from negcolor.images.row_blocks import map_row_blocks
from negcolor.inference.convert import Converted, Converter, Method, NegativeConverter
from negcolor.inference.guided import EnlargedMaps
from negcolor.inference.models import bundled_folder, latest_version, load_saved_model
from negcolor.inference.trims import NO_TRIMS, Trims, apply_trims

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class GreyConverter(Converter):
    """Grey positives become colored ones, which keep their lightness L* and all their detail.

    The network sees an image reduced and squashed to a square, as in its training; its a* and b*
    are upsampled as `negcolor.inference.chroma_upsampling` says.

    Attributes:
        side: S, height and width of what the network sees.
        color_maps: L* of normalized Lab, (S, S) float32 -> (S, S, 2, 2), see
            `chroma_upsampling.color_maps`.
        trims: of the results, before they are rounded.
    """

    side: int
    color_maps: Callable[[np.ndarray], np.ndarray]
    trims: Trims = NO_TRIMS

    def choose_method(self, shape: tuple[int, ...]) -> Method:
        return Method.GUIDED

    def convert(
        self,
        scan: np.ndarray,
        method: Method,
        dtype: np.typing.DTypeLike,
        *,
        out: np.ndarray | None = None,
    ) -> Converted:
        """Colors an image, of whose own colors only the lightness counts.

        Args:
            scan, method, dtype: see `Converter.convert`.
            out: (H, W, 3) of `dtype` to write the result into, such as the image itself.
        """
        small = resized(_lightness_plane(scan), (self.side, self.side))
        maps = EnlargedMaps(self.color_maps(small), scan.shape[:2])
        result = np.empty(scan.shape, dtype) if out is None else out

        def color_rows(start: int, stop: int) -> int:
            lightness = _lightness(scan[start:stop])
            lab = np.concatenate([lightness, maps.apply(lightness, start)], axis=-1)
            rows, out_of_gamut = lab_to_image(denormalize_lab(lab))
            result[start:stop] = from_unit(apply_trims(rows, self.trims), dtype)
            return int(np.count_nonzero(out_of_gamut))

        return Converted(result, sum(map_row_blocks(color_rows, len(scan))))


@dataclass(frozen=True)
class GreyNegativeConverter(Converter):
    """Black-and-white negatives become grey positives, and these colored ones.

    Attributes:
        negatives: how the grey positives are made: neutral, without trims.
        grey: how they are colored.
    """

    negatives: NegativeConverter
    grey: GreyConverter

    def choose_method(self, shape: tuple[int, ...]) -> Method:
        return self.negatives.choose_method(shape)

    def convert(self, scan: np.ndarray, method: Method, dtype: np.typing.DTypeLike) -> Converted:
        positive = self.negatives.convert(scan, method, "uint16").pixels
        out = positive if positive.dtype == dtype else None  # large images are there once less
        return self.grey.convert(positive, Method.GUIDED, dtype, out=out)

    def check(self) -> None:
        self.negatives.check()


def _lightness_plane(image: np.ndarray) -> np.ndarray:
    plane = np.empty(image.shape[:2], "float32")

    def fill(start: int, stop: int) -> None:
        plane[start:stop] = _lightness(image[start:stop])[..., 0]

    map_row_blocks(fill, len(plane))
    return plane


def _lightness(rows: np.ndarray) -> np.ndarray:
    """(h, W, 3) pixels -> (h, W, 1) float32, L* of normalized Lab."""
    return normalize_lab(srgb_to_lab(to_unit(rows)))[..., :1]


def load_grey_converter(folder: str | Path, trims: Trims = NO_TRIMS) -> GreyConverter:
    """The converter of a run folder of a grey-to-color system, or of a folder of its export.

    Raises:
        NegcolorError: there is none, or it cannot be read.
    """
    path = Path(folder)
    if not (saved := latest_version(path)):
        return generator_grey_converter(load_coloring_generator(path), trims)
    model = load_saved_model(saved)
    if not hasattr(model, "color_maps"):
        raise _for_negatives(saved)
    (function,) = model.color_maps.concrete_functions
    (specification,), _ = function.structured_input_signature
    return GreyConverter(specification.shape[1], partial(_saved_color_maps, model), trims)


def generator_grey_converter(generator: keras.Model, trims: Trims = NO_TRIMS) -> GreyConverter:
    """The converter of a Keras model (N, S, S, 1) -> (N, S, S, 2), or (N, S, S, 3) with L*."""
    return GreyConverter(generator.input_shape[1], partial(_color_maps, generator), trims)


def _saved_color_maps(model: Any, lightness: np.ndarray) -> np.ndarray:
    return model.color_maps(lightness[None, ..., None]).numpy()[0]


def _color_maps(generator: keras.Model, lightness: np.ndarray) -> np.ndarray:
    from negcolor.inference.chroma_upsampling import color_maps

    batch = lightness[None, ..., None]
    colors = generator.predict_on_batch(batch)[..., -2:]
    return np.asarray(color_maps(batch, colors))[0]


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
