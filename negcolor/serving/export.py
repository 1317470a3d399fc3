"""Exports a trained generator as a SavedModel for TensorFlow Serving."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from negcolor.atomic import atomic_directory
from negcolor.errors import NegcolorError
from negcolor.experiments.run_folder import is_system_run
from negcolor.inference.compact import CARD, is_compact
from negcolor.inference.models import bundled_folder

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from negcolor.serving.signatures import ImageFunction


class Export(NamedTuple):
    """What is saved: a module of variables, what it does to images, how many parameters it has."""

    module: tf.Module
    function: ImageFunction
    parameters: int


class Direction(StrEnum):
    """Which of a run's two generators."""

    NEGATIVE_TO_COLOR = "negative-to-color"
    COLOR_TO_NEGATIVE = "color-to-negative"


GENERATORS = {
    Direction.NEGATIVE_TO_COLOR: "generator_g.keras",
    Direction.COLOR_TO_NEGATIVE: "generator_f.keras",
}


def export_model(
    model: Path,
    output: Path,
    *,
    version: int = 1,
    direction: Direction = Direction.NEGATIVE_TO_COLOR,
) -> Path:
    """Writes OUTPUT/VERSION: a SavedModel, warm-up requests for it and a model card.

    The folder appears whole or not at all, and nothing is overwritten. What the model answers is
    said in `negcolor.serving.signatures`.

    Args:
        model: a run folder, of a modification or a grey-to-color system; or a `.keras` file or a
            compact model, of which only the generator is known; or a bundled model's name.
        output: the served model's folder; its name is the model's.
        version: from 1 on; a server takes the highest that it finds.
        direction: which generator of a run; of a file, what it does. Not for systems.

    Returns:
        OUTPUT/VERSION.

    Raises:
        NegcolorError: there is no such model, it cannot be read, the version exists already, or it
            cannot be written.
    """
    folder = output / str(version)
    if not model.exists():
        model = bundled_folder(str(model)) or model
    is_system = is_system_run(model)
    if is_system and direction is not Direction.NEGATIVE_TO_COLOR:
        raise NegcolorError(f"--direction {direction} is not for colorizers: leave it out.")
    is_run = model.is_dir() and not is_compact(model)
    file = model / GENERATORS[direction] if is_run else model
    _check(file, folder, version)

    from negcolor.serving.model_card import model_card
    from negcolor.serving.provenance import find_provenance

    provenance = find_provenance(model)
    exported = _colorizer(model) if is_system else _converter(file)
    kind = "grey-to-color" if is_system else direction.value
    card = model_card(output.resolve().name, version, kind, exported.parameters, provenance)
    _write(folder, exported, card)
    return folder


def _write(folder: Path, exported: Export, card: str) -> None:
    import tensorflow as tf

    from negcolor.serving.signatures import build_signatures
    from negcolor.serving.warm_up import write_warm_up

    signatures = build_signatures(exported.function)
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)  # nobody trains it
    try:
        with atomic_directory(folder) as beside:
            tf.saved_model.save(exported.module, str(beside), signatures, options)
            write_warm_up(beside, folder.resolve().parent.name)
            (beside / CARD).write_text(card, encoding="utf-8")
    except (OSError, tf.errors.OpError) as error:
        reason = error.strerror if isinstance(error, OSError) else error.message
        raise NegcolorError(
            f"{folder} cannot be written ({reason}): check the folder and its free space."
        ) from error


def _converter(file: Path) -> Export:
    from negcolor.inference.models import load_generator
    from negcolor.serving.signatures import converting_function

    generator = load_generator(file)
    return Export(_module(generator), converting_function(generator), generator.count_params())


def _colorizer(run: Path) -> Export:
    from negcolor.inference.colorization import load_coloring_generator
    from negcolor.serving.signatures import coloring_function, maps_function

    generator = load_coloring_generator(run)
    module = _module(generator)
    module.color_maps = maps_function(generator)  # for `inference.colorization`
    function = coloring_function(module.color_maps, generator.input_shape[1])
    return Export(module, function, generator.count_params())


def _module(generator: keras.Model) -> tf.Module:
    """A module of variables, so that nobody needs Keras to load it."""
    import tensorflow as tf

    module = tf.Module()
    module.weights = [variable.value for variable in generator.variables]
    return module


def _check(file: Path, folder: Path, version: int) -> None:
    """Complains about what can be known before TensorFlow is loaded."""
    if not 1 <= version < 2**63:
        raise NegcolorError(f"--version {version} is none for a server: give a number from 1 on.")
    if not file.is_file() and not is_compact(file):
        raise NegcolorError(
            f"{file} does not exist: name a run folder of negcolor-train or a .keras file."
        )
    if os.path.lexists(folder):
        raise NegcolorError(f"{folder} exists already: give another --version or --output.")
