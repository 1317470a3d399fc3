"""`--data tfds:NAME[/SPLIT][?label=CATEGORY]`: TensorFlow Datasets, streamed from their files."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from negcolor.errors import NegcolorError
from negcolor.images.color import to_unit
from pipelines.domain import resize
from pipelines.py_function import image_from

if TYPE_CHECKING:
    import tensorflow_datasets as tfds

PREFIX = "tfds:"
LABEL = "?label="

BLOCK = 1000
"""Images that are held, still encoded, to be put into random order."""


class TfdsDomain:
    """The images of one split, decoded again in every pass.

    The files are read in their order and shuffled within blocks of up to `BLOCK` images, whose
    boundaries differ from pass to pass. A start in the middle of a pass reads what comes before
    it without decoding it.

    Args:
        encoded: a dataset of encoded images, scalar strings, of known cardinality.
        feature: decodes them.
    """

    def __init__(self, encoded: tf.data.Dataset, feature: tfds.features.Image):
        self._encoded = encoded
        self._length = int(encoded.cardinality())
        self._feature = feature

    def __len__(self) -> int:
        return self._length

    def stream(self, seed: int, start: int, size: int) -> tf.data.Dataset:
        def one_pass(number: tf.Tensor) -> tf.data.Dataset:
            return self._shuffled(tf.stack([tf.constant(seed, tf.int64), number]))

        def image(encoded: tf.Tensor) -> tf.Tensor:
            pixels = self._feature.decode_example(encoded)
            return image_from(lambda p: to_unit(resize(_three_channels(p), size)), pixels, size)

        passes = tf.data.Dataset.range(start // len(self), tf.int64.max).flat_map(one_pass)
        return passes.skip(start % len(self)).map(image, num_parallel_calls=tf.data.AUTOTUNE)

    def finish(self, crop: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return crop

    def _shuffled(self, seed: tf.Tensor) -> tf.data.Dataset:
        """All encoded images once, in an order that depends on `seed`, (2,) int64."""

        def shuffle(number: tf.Tensor, block: tf.Tensor) -> tf.Tensor:
            block_seed = tf.random.fold_in(seed, number)
            return tf.random.experimental.stateless_shuffle(block, block_seed)

        least = 1 if len(self) > BLOCK else BLOCK  # a small split is one block
        first = tf.random.stateless_uniform((), seed, least, BLOCK + 1, tf.int64)
        blocks = self._encoded.take(first).batch(BLOCK)
        blocks = blocks.concatenate(self._encoded.skip(first).batch(BLOCK))
        return blocks.enumerate().map(shuffle).unbatch()


class TfdsSplits:
    """A prepared TensorFlow dataset with images in it.

    Args:
        name: a TFDS name, or the folder of a prepared dataset (the one with dataset_info.json).
        label: the only category whose images are taken; "" for all.

    Raises:
        NegcolorError: there is no such dataset, it has no images of 8 or 16 bits, or no such
            category.
    """

    def __init__(self, name: str, label: str = ""):
        import tensorflow_datasets as tfds

        self.name = name
        self._builder = _find_builder(name)
        if self._builder is None:
            raise NegcolorError(
                f"{PREFIX}{name} is unknown: give a name of TensorFlow Datasets or the folder with "
                "the dataset_info.json of a prepared dataset."
            )
        images = {
            key: feature
            for key, feature in self._builder.info.features.items()
            if isinstance(feature, tfds.features.Image)
            and feature.np_dtype in (np.uint8, np.uint16)
        }
        if not images:
            raise NegcolorError(
                f"{PREFIX}{name} has no 8- or 16-bit pictures: choose another dataset."
            )
        self._key = "image" if "image" in images else next(iter(images))
        self.feature = images[self._key]
        self._label = self._index_of(label) if label else None

    def __contains__(self, split: str) -> bool:
        return split in self._builder.info.splits

    def _index_of(self, label: str) -> int:
        import tensorflow_datasets as tfds

        feature = dict(self._builder.info.features.items()).get("label")
        # Where an image may show several things, there is no one category.
        names = feature.names if isinstance(feature, tfds.features.ClassLabel) else []
        if label in names:
            return names.index(label)
        near = difflib.get_close_matches(label, names, 5, 0.4)
        choices = f"nearest are {', '.join(near)}" if near else f"leave {LABEL} out"
        raise NegcolorError(
            f"{PREFIX}{self.name}: there is no category {label!r} in it; {choices}."
        )

    def encoded(self, split: str) -> tf.data.Dataset:
        """The encoded images of a split, scalar strings, in the order of the files.

        With a category, the split is read once to count its images.

        Raises:
            NegcolorError: the dataset is not prepared, or has no such split or nothing in it.
        """
        keys = (self._key,) if self._label is None else (self._key, "label")
        examples = self._read(split, keys)
        if self._label is not None:
            examples = examples.filter(lambda example: example["label"] == self._label)
            count = int(examples.reduce(np.int64(0), lambda number, _: number + 1))
            examples = examples.apply(tf.data.experimental.assert_cardinality(count))
        return examples.map(lambda example: example[self._key])

    def named(self, split: str) -> Iterator[tuple[str, bytes]]:
        """Name (or number, where the dataset has no names) and encoded image of each example."""
        has_names = "name" in self._builder.info.features
        examples = self._read(split, (self._key, "name") if has_names else (self._key,))
        for number, example in enumerate(examples.as_numpy_iterator()):
            name = example["name"].decode() if has_names else f"{split}_{number:05d}"
            yield name, example[self._key]

    def decode(self, encoded: bytes | tf.Tensor) -> np.ndarray:
        """An encoded image as (H, W, 3) uint8 or uint16."""
        return _three_channels(self.feature.decode_example(tf.constant(encoded)).numpy())

    def _read(self, split: str, keys: tuple[str, ...]) -> tf.data.Dataset:
        import tensorflow_datasets as tfds

        wanted = tfds.decode.PartialDecoding(
            dict.fromkeys(keys, True), decoders={self._key: tfds.decode.SkipDecoding()}
        )
        in_order = tfds.ReadConfig(interleave_cycle_length=1, try_autocache=False)
        try:
            examples = self._builder.as_dataset(
                split=split, decoders=wanted, read_config=in_order, shuffle_files=False
            )
        except (AssertionError, ValueError) as error:
            raise NegcolorError(self._missing(split)) from error
        if examples.cardinality() == 0:
            raise NegcolorError(
                f"{PREFIX}{self.name} has no pictures in {split}: choose another split."
            )
        return examples

    def _missing(self, split: str) -> str:
        splits = ", ".join(self._builder.info.splits)
        if splits:
            return f"{PREFIX}{self.name} has no split {split}: choose one of {splits}."
        return (
            f"{PREFIX}{self.name} is not prepared in {self._builder.data_dir}: run "
            f"`tfds build {self.name}`, or point TFDS_DATA_DIR at the folder that has it."
        )


def open_tfds(spec: str) -> tuple[TfdsSplits, str | None]:
    """Opens tfds:NAME[/SPLIT][?label=CATEGORY], where NAME may itself contain slashes.

    Returns:
        The dataset, and the name of the split if there is one.

    Raises:
        NegcolorError: as `TfdsSplits`, with NAME/SPLIT for a name.
    """
    reference, _, label = spec.removeprefix(PREFIX).partition(LABEL)
    name, _, split = reference.rpartition("/")
    if _find_builder(reference) is None and _find_builder(name) is not None:
        return TfdsSplits(name, label), split
    return TfdsSplits(reference, label), None


def _find_builder(name: str) -> Any:
    """The builder of the dataset of that name, or of the one prepared in that folder, or None."""
    import tensorflow_datasets as tfds

    try:
        if (Path(name) / "dataset_info.json").is_file():
            return tfds.builder_from_directory(name)
        return tfds.builder(name)
    except (tfds.core.DatasetNotFoundError, ValueError):
        return None


def _three_channels(pixels: np.ndarray) -> np.ndarray:
    """Grey becomes three equal channels, an alpha channel is dropped."""
    return np.repeat(pixels, 3, axis=-1) if pixels.shape[-1] == 1 else pixels[..., :3]
