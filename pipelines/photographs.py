"""`--data` of a grey-to-color system: color photographs, split in three by seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from negcolor.errors import NegcolorError
from negcolor.images.formats import WRITTEN
from negcolor.images.io import find_images, read
from pipelines import demo_roll
from pipelines.domain import Domain, ImageDomain, Lazy
from pipelines.sources import DEMO, unknown_source
from pipelines.tfds import PREFIX, TfdsDomain, TfdsSplits, open_tfds

TRAIN = "train"  # the split of a TFDS name without one


@dataclass(frozen=True)
class Photograph:
    """A photograph that is not trained on: (H, W, 3) uint8 or uint16 sRGB."""

    name: str
    pixels: np.ndarray


@dataclass(frozen=True)
class Photographs:
    """A collection in three parts, none of whose images is in two of them.

    Attributes:
        train: at least one.
        validation: at least one, read when it is asked for.
        test: likewise; may be empty.
        description: one line for people.
    """

    train: Domain
    validation: Sequence[Photograph]
    test: Sequence[Photograph]
    description: str


def open_photographs(
    spec: str, *, images: int, split: tuple[float, float, float], seed: int
) -> Photographs:
    """Opens and splits the photographs that `--data` names.

    Grey photographs are not looked for: they teach a colorizer to do nothing and are to be
    removed beforehand.

    Args:
        spec: one of
            - `demo`: scikit-image's photographs, one of them for validation;
            - a folder of photographs;
            - `tfds:NAME` or `tfds:NAME/SPLIT` (without one, `train`), such as tfds:coco/2017, and
              with `?label=CATEGORY` behind it only the images of a category.
        images: how many are taken, if there are more.
        split: parts of them for training, validation and test.
        seed: decides which are taken, and for what; the order of the files does not matter.

    Raises:
        NegcolorError: the specification is not understood, or there are fewer than two images.
    """
    if spec == DEMO:
        names = [*demo_roll.ON_FILM, *demo_roll.COLOR]
        domain = ImageDomain([demo_roll.photograph(name) for name in names])
        held_out = _lazily([demo_roll.photograph(demo_roll.HELD_OUT)])
        return Photographs(domain, held_out, [], "the built-in photographs")
    if spec.startswith(PREFIX):
        return _of_tfds(spec, images, split, seed)
    if not Path(spec).is_dir():
        raise unknown_source(spec, "a folder of photographs, tfds:NAME[/SPLIT]")
    files = find_images(Path(spec))
    parts = split_indices(len(files), images, split, seed, spec)
    train, validation, test = ([files[index] for index in part] for part in parts)
    return Photographs(
        ImageDomain(train), _lazily(validation), _lazily(test), _description(spec, parts)
    )


def split_indices(
    count: int, images: int, split: tuple[float, float, float], seed: int, name: str
) -> list[np.ndarray]:
    """Indices of the training, validation and test images among `count`, by seed.

    Training and validation have at least one image each.

    Raises:
        NegcolorError: there are fewer than two images; `name` is what has them.
    """
    if count < 2:
        raise NegcolorError(
            f"{name} has too few pictures ({count}): give at least two (of a folder: "
            f"{WRITTEN} files), one to train on and one to check with."
        )
    taken = np.random.default_rng(seed).permutation(count)[:images]
    validation = max(1, round(split[1] * len(taken)))
    test = min(round(split[2] * len(taken)), len(taken) - validation - 1)
    return np.split(taken, [len(taken) - validation - test, len(taken) - test])


def _lazily(files: Sequence[Path]) -> Lazy[Photograph]:
    return Lazy([partial(_photograph, file) for file in files])


def _photograph(file: Path) -> Photograph:
    return Photograph(file.stem, read(file))


def _description(spec: str, parts: Sequence[np.ndarray]) -> str:
    train, validation, test = map(len, parts)
    return f"{spec}: {train} pictures to train on, {validation} for validation, {test} for the test"


def _of_tfds(spec: str, images: int, split: tuple[float, float, float], seed: int) -> Photographs:
    data, name = open_tfds(spec)
    encoded = data.encoded(name or TRAIN)
    parts = split_indices(int(encoded.cardinality()), images, split, seed, spec)
    train, validation, test = (_members(encoded, part) for part in parts)
    return Photographs(
        TfdsDomain(train, data.feature),
        _TfdsPhotographs(validation, data),
        _TfdsPhotographs(test, data),
        _description(spec, parts),
    )


def _members(encoded: tf.data.Dataset, part: np.ndarray) -> tf.data.Dataset:
    """The images of these indices, in the order of the files."""
    chosen = np.zeros(int(encoded.cardinality()), bool)
    chosen[part] = True
    table = tf.constant(chosen)
    members = encoded.enumerate().filter(lambda index, _: table[index]).map(lambda _, data: data)
    return members.apply(tf.data.experimental.assert_cardinality(len(part)))


class _TfdsPhotographs(Sequence[Photograph]):
    """Images of a TFDS split, held encoded from when one is first asked for."""

    def __init__(self, encoded: tf.data.Dataset, data: TfdsSplits):
        self._dataset = encoded
        self._data = data

    @cached_property
    def _encoded(self) -> list[bytes]:
        return list(self._dataset.as_numpy_iterator())

    def __len__(self) -> int:
        return int(self._dataset.cardinality())

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            # Decoded one by one: thousands of images would not fit in memory.
            return Lazy([partial(self.__getitem__, i) for i in range(len(self))[index]])
        return Photograph(f"{index:05d}", self._data.decode(self._encoded[index]))
