"""What turns negatives into positives: generators of runs and files, exported models, formulas."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from negcolor.converters.classical import CLASSICAL
from negcolor.errors import NegcolorError, first_line
from negcolor.experiments.run_folder import is_system_run
from negcolor.images.color import from_network, to_network, to_unit
from negcolor.inference.bundled import bundled_folder
from negcolor.inference.compact import is_compact, load_compact
from negcolor.networks.apply import apply_generator, mirrored

if TYPE_CHECKING:
    import keras

IMAGES = (None, None, None, 3)


class Network(Protocol):
    """What an image can be sent through."""

    def run(self, image: np.ndarray) -> np.ndarray:
        """(H, W, 3) float32 sRGB in [0, 1], of any size -> the same, in one pass."""


class KerasNetwork:
    """A generator as a Keras model, whose layers are known, so that it can run in bands, too."""

    def __init__(self, generator: keras.Model) -> None:
        self.generator = generator

    @cached_property
    def bytes_per_pixel(self) -> float:
        """The memory that `run` takes per pixel, roughly."""
        from negcolor.inference.tiled import whole_bytes_per_pixel

        return whole_bytes_per_pixel(self.generator)

    def run(self, image: np.ndarray) -> np.ndarray:
        return apply_generator(self.generator, image)

    def run_in_bands(self, image: np.ndarray, memory: int) -> Iterator[tuple[int, np.ndarray]]:
        """What `run` gives, in bounded memory.

        Args:
            image: (H, W, 3) uint8, uint16 or floating point in [0, 1].
            memory: bytes that may be used beside what is in use already.

        Yields:
            (start, rows): rows of the result from the top, (h, W, 3) float32 in [0, 1].
        """
        from negcolor.inference.tiled import tiled_pass

        height, width = image.shape[:2]
        rows, columns = mirrored(height), mirrored(width)

        def image_rows(start: int, stop: int) -> np.ndarray:
            return to_network(to_unit(image[rows[start:stop, None], columns]))

        size = len(rows), len(columns)
        for start, band in tiled_pass(self.generator, image_rows, size, memory):
            if start < height:
                result = from_network(band[: height - start, :width])
                yield start, np.asarray(result, "float32")


class SavedNetwork:
    """An exported model, see `negcolor.serving.export`, through its signature serving_default."""

    def __init__(self, folder: Path) -> None:
        self._model = load_saved_model(folder)  # keeps the weights alive
        self._signature = self._model.signatures["serving_default"]
        if hasattr(self._model, "color_maps"):
            raise _for_positives(folder)

    def run(self, image: np.ndarray) -> np.ndarray:
        return self._signature(image=np.asarray(image, "float32")[None])["image"].numpy()[0]


class ClassicalConverter:
    """A converter that was never trained, see `negcolor.converters`, in a network's place.

    Raises:
        NegcolorError: there is none of that name.
    """

    def __init__(self, name: str) -> None:
        if name not in CLASSICAL:
            raise NegcolorError(
                f"there is no classical converter {name!r}; choose one of {', '.join(CLASSICAL)}."
            )
        self._convert = CLASSICAL[name]

    def run(self, image: np.ndarray) -> np.ndarray:
        return self._convert(image)


def load_network(model: str | Path) -> Network:
    """The network that a path or a shipped model's name stands for, see `find_model`.

    Raises:
        NegcolorError: there is no such model, or it cannot be read.
    """
    found = find_model(model)
    return SavedNetwork(found) if latest_version(found) else KerasNetwork(load_generator(found))


def load_saved_model(folder: Path) -> Any:
    """The object that TensorFlow loads of an exported model's version.

    Raises:
        NegcolorError: the folder cannot be read, or is no model of negcolor-export.
    """
    import tensorflow as tf

    try:
        model = tf.saved_model.load(str(folder))
        if list(model.signatures["serving_default"].structured_outputs) != ["image"]:
            raise ValueError("its serving_default does not answer with an image")
        return model
    except Exception as error:  # TensorFlow raises many types for folders that are no models
        raise NegcolorError(
            f"{folder}: this is not a model that negcolor-export wrote "
            f"({first_line(error)}); export it again."
        ) from error


def find_model(model: str | Path) -> Path:
    """The `.keras` file, compact model or SavedModel that a path or a shipped model's name means.

    Of a run folder it is the generator G, of an exported model the latest version, as TensorFlow
    Serving takes it. What lies at the path comes before a shipped model of that name.

    Raises:
        NegcolorError: there is no such model.
    """
    path = Path(model)
    found = latest_version(path) or _generator_at(path) or bundled_folder(str(model))
    if found is None:
        raise NegcolorError(
            f"{model}: there is no generator here; give a run folder of negcolor-train, a .keras "
            "file, a folder that negcolor-export wrote, or a name that negcolor-colorize "
            "--list-models shows."
        )
    return found


def latest_version(folder: Path) -> Path | None:
    """The SavedModel that a folder is, or holds as a version; None if it does not."""
    if (folder / "saved_model.pb").is_file():
        return folder
    versions = [file.parent for file in folder.glob("*/saved_model.pb") if _is_version(file.parent)]
    return max(versions, key=lambda version: int(version.name), default=None)


def _is_version(folder: Path) -> bool:
    return folder.name.isascii() and folder.name.isdecimal()


def _generator_at(path: Path) -> Path | None:
    """The compact model or `.keras` file, or what is meant to be one, at a path."""
    if is_compact(path):
        return path
    file = path / "generator_g.keras" if path.is_dir() else path
    return file if file.is_file() else None


def load_generator(model: str | Path) -> keras.Model:
    """The generator of a run folder (its G), a `.keras` file, or a compact or shipped model.

    Raises:
        NegcolorError: there is no such model, or it cannot be read, or it was exported, which
            leaves no Keras model.
    """
    file = find_model(model)  # complains before Keras is loaded
    if is_compact(file):
        return load_compact(file)
    if is_system_run(file.parent):
        raise _for_positives(Path(model))

    import keras

    from negcolor.networks import generator as _  # noqa: F401  (registers the layers with Keras)

    try:
        generator = keras.saving.load_model(file, compile=False)
        if not generator.input_shape == generator.output_shape == IMAGES:
            raise ValueError("it does not turn pictures of any size into pictures")
        return generator
    except Exception as error:  # Keras raises many types for files that are no models
        raise NegcolorError(
            f"{file}: this is not a generator that Keras can read ({first_line(error)}); give "
            "the generator_g.keras of a run."
        ) from error


def _for_positives(model: Path) -> NegcolorError:
    return NegcolorError(
        f"{model} colors grey positives: give it to negcolor-colorize as --system, or for "
        "negatives as --black-and-white --then."
    )
