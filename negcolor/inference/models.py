"""Models for negatives by path or name: runs, files, exported ones, and those of the package.

The bundled models are compact models in the folder saved_models that is installed with negcolor.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from negcolor.errors import NegcolorError, first_line
from negcolor.experiments.run_folder import is_system_run
from negcolor.inference.compact import CONFIG, is_compact, load_compact, read_description
from negcolor.inference.convert import NegativeConverter
from negcolor.networks.apply import apply_generator

if TYPE_CHECKING:
    import keras

DEFAULT_MODEL = "film"
"""What converts scans where no model is named."""

IMAGES = (None, None, None, 3)


def load_converter(model: str | Path) -> NegativeConverter:
    """The converter that a path or a bundled model's name stands for, see `find_model`.

    Raises:
        NegcolorError: there is no such model, or it cannot be read.
    """
    found = find_model(model)
    if not latest_version(found):
        return generator_converter(load_generator(found))
    saved = load_saved_model(found)
    if hasattr(saved, "color_maps"):
        raise _for_positives(found)
    return NegativeConverter(partial(_run_saved_model, saved))


def generator_converter(generator: keras.Model) -> NegativeConverter:
    """The converter of a generator as `build_generator` makes it."""
    return NegativeConverter(partial(apply_generator, generator), generator)


def _run_saved_model(model: Any, image: np.ndarray) -> np.ndarray:
    """An exported model's pass; its signature alone would not keep the weights alive."""
    signature = model.signatures["serving_default"]
    return signature(image=np.asarray(image, "float32")[None])["image"].numpy()[0]


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
    """The `.keras` file, compact model or SavedModel that a path or a bundled model's name means.

    Of a run folder it is the generator G, of an exported model the latest version, as TensorFlow
    Serving takes it. What lies at the path comes before a bundled model of that name.

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
    """The generator of a run folder (its G), a `.keras` file, or a compact or bundled model.

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


@dataclass(frozen=True)
class BundledModel:
    """A model that comes with the package, under the name of its folder."""

    name: str
    description: str
    folder: Path

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(file.stat().st_size for file in self.folder.iterdir() if file.is_file())


def models_folder() -> Path:
    """Where the package keeps its models: saved_models beside negcolor, installed or checked out.

    Not by its import: a folder of that name where Python was started could come first.
    """
    return Path(__file__).parents[2] / "saved_models"


def bundled_models() -> list[BundledModel]:
    """All models that come with the package, by name.

    Raises:
        NegcolorError: what one of them says about itself cannot be read.
    """
    folders = sorted(file.parent for file in models_folder().glob(f"*/{CONFIG}"))
    return [BundledModel(folder.name, read_description(folder).text, folder) for folder in folders]


def bundled_folder(name: str) -> Path | None:
    """The folder of the bundled model of that name; None if there is none."""
    folder = models_folder() / name
    return folder if Path(name).name == name and is_compact(folder) else None


def default_folder() -> Path:
    """The folder of `DEFAULT_MODEL`.

    Raises:
        NegcolorError: the installation lacks it.
    """
    folder = bundled_folder(DEFAULT_MODEL)
    if folder is None:
        raise NegcolorError(
            f"this installation of negcolor lacks its model {DEFAULT_MODEL!r}: install the package "
            "again, or give --model, --server or --classical."
        )
    return folder
