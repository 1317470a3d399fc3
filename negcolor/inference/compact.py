"""Generators as small folders: the configuration in JSON, the weights in half precision.

A compact model holds `generator.json`, `weights.npz` and `MODEL_CARD.md`; its name is the folder's.
Each array is called by its place among the network's weights, its layer and what it is there, as
in "003 Norm_2/beta".
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from negcolor.atomic import atomic_directory
from negcolor.errors import NegcolorError, first_line
from negcolor.experiments.modifications import GeneratorConfig

if TYPE_CHECKING:
    import keras

VERSION = 1
CONFIG = "generator.json"
WEIGHTS = "weights.npz"
CARD = "MODEL_CARD.md"

_REMEDY = "install the package or download the model again"


@dataclass(frozen=True)
class Description:
    """What a compact model's `generator.json` says.

    Attributes:
        text: one line about the model.
        config: how its generator is built.
    """

    text: str
    config: GeneratorConfig


def is_compact(folder: Path) -> bool:
    """Whether a path is a folder that `save_compact` wrote, as far as the names in it tell."""
    return (folder / CONFIG).is_file()


def save_compact(
    generator: keras.Model, config: GeneratorConfig, folder: Path, *, text: str, card: str
) -> None:
    """Writes a compact model; the folder appears whole or not at all.

    Args:
        generator: as `build_generator` makes it of `config`; its weights are rounded to float16.
        config: how it was built.
        folder: new; its name is the model's.
        text: one line about the model.
        card: the text of its model card, Markdown.

    Raises:
        NegcolorError: the folder is there and not empty or cannot be written, or a weight is not
            finite in float16.
    """
    record = {
        "version": VERSION,
        "description": text,
        "generator": dataclasses.asdict(config),
    }
    with np.errstate(over="ignore"):  # is checked below
        arrays = {
            name: np.asarray(weight).astype("float16")
            for name, weight in _named_weights(generator).items()
        }
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise NegcolorError(
                f"{folder} is not written: its weights {name!r} go beyond 65504, the largest "
                "number of float16; train again with a smaller learning rate."
            )
    try:
        with atomic_directory(folder) as beside:
            (beside / CONFIG).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
            np.savez(beside / WEIGHTS, **arrays)  # type: ignore[arg-type]  # the names are no options
            (beside / CARD).write_text(card, encoding="utf-8")
    except OSError as error:
        raise NegcolorError(
            f"{folder} cannot be written ({error.strerror}): name a new folder, and check its free "
            "space."
        ) from error


def read_description(folder: Path) -> Description:
    """What a compact model is, without its weights.

    Fields of GeneratorConfig that the file lacks have their default, so that models outlive new
    fields.

    Raises:
        NegcolorError: the file is missing or damaged, or of a newer negcolor.
    """
    file = folder / CONFIG
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        version, text, fields = (record[key] for key in ("version", "description", "generator"))
        unknown = set(fields) - {field.name for field in dataclasses.fields(GeneratorConfig)}
        if version != VERSION or unknown:
            what = ", ".join(sorted(unknown)) or f"version {version}"
            raise NegcolorError(
                f"{file} has {what}, which this negcolor does not know: install a newer one."
            )
        return Description(
            str(text), GeneratorConfig(**{key: _frozen(value) for key, value in fields.items()})
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NegcolorError(
            f"{file} does not describe a generator ({first_line(error)}): {_REMEDY}."
        ) from error


def load_compact(folder: Path) -> keras.Model:
    """The generator of a compact model, in float32.

    Raises:
        NegcolorError: a file is missing or damaged, of a newer negcolor, or the weights do not fit
            the network.
    """
    config = read_description(folder).config

    from negcolor.networks.generator import build_generator

    try:
        generator = build_generator(config)
    except (ValueError, TypeError, KeyError) as error:
        raise NegcolorError(
            f"{folder / CONFIG} describes a generator that cannot be built ({first_line(error)}): "
            f"{_REMEDY}."
        ) from error
    weights = _named_weights(generator)
    file = folder / WEIGHTS
    try:
        with np.load(file, allow_pickle=False) as archive:
            if archive.files != [*weights]:
                raise ValueError("other names")
            for name, weight in weights.items():
                array = archive[name]
                if array.shape != tuple(weight.shape) or array.dtype != np.float16:
                    raise ValueError(f"{name!r} is {array.dtype} {array.shape}")
                weight.assign(array)
    except Exception as error:  # zipfile and NumPy raise many types for damaged files
        raise NegcolorError(
            f"{file} does not hold the weights of the generator that {CONFIG} describes "
            f"({first_line(error)}): {_REMEDY}."
        ) from error
    return generator


def _named_weights(generator: keras.Model) -> dict[str, keras.Variable]:
    """The weights in Keras' order, under names that every process gives them.

    In between, paths have Keras' own names of inner layers, numbered by what a process built.
    """
    paths = [weight.path.split("/") for weight in generator.weights]
    return {
        f"{place:03} {path[0]}/{path[-1]}": weight
        for place, (path, weight) in enumerate(zip(paths, generator.weights, strict=True))
    }


def _frozen(value: Any) -> Any:
    """JSON's lists as tuples, to any depth."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
