"""Domains: endless streams of images, each a pure function of (seed, position); and `Lazy`.

Position s of a stream belongs to pass s // n over the n images of a domain, and every pass has
its own order. Nothing is remembered between positions, so a stream can start anywhere and a
resumed training sees exactly the images that it would have seen.
"""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import tensorflow as tf
from PIL import Image

from negcolor.film.random_film import expose_on_random_film
from negcolor.images.color import from_unit, to_unit
from negcolor.images.io import read
from pipelines.py_function import image_from

Element = TypeVar("Element")

CACHE_BYTES = 2**30
"""Memory that one domain may use for decoded images; a training has two domains."""


class Domain(Protocol):
    """The images of one side of a translation, negatives or color photographs."""

    def __len__(self) -> int:
        """The number of images in a pass."""
        ...

    def stream(self, seed: int, start: int, size: int) -> tf.data.Dataset:
        """Images without end, from position `start` on.

        Args:
            seed: decides the order.
            start: position of the first image.
            size: length of the images' short side, in pixels.

        Returns:
            A dataset of (H, W, 3) float32 sRGB in [0, 1] with min(H, W) = `size`.
        """
        ...

    def finish(self, crop: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """What becomes of a crop before it is an image of this domain; mostly nothing.

        Args:
            crop: (H, W, 3) float32 sRGB in [0, 1], cut from an image of the stream.
            seed: (2,), integer.

        Returns:
            (H, W, 3) float32 in [0, 1].
        """
        ...


class ImageDomain:
    """Images from files or memory, decoded and resized once while `CACHE_BYTES` last.

    Args:
        images: paths, or (H, W, 3) uint8 or uint16 sRGB arrays; at least one. Files are read
            when a stream first reaches them; see `pipelines.py_function.readable_errors`.
    """

    def __init__(self, images: Sequence[Path | np.ndarray]):
        self.images = list(images)
        self._cache: dict[tuple[int, int], np.ndarray] = {}
        self._free = CACHE_BYTES
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.images)

    def stream(self, seed: int, start: int, size: int) -> tf.data.Dataset:
        def image(position: tf.Tensor) -> tf.Tensor:
            index = image_at(position, len(self), seed)
            return image_from(lambda index: self._load(int(index), size), index, size)

        return positions(start).map(image, num_parallel_calls=tf.data.AUTOTUNE)

    def finish(self, crop: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return crop

    def _load(self, index: int, size: int) -> np.ndarray:
        pixels = self._cache.get((index, size))
        if pixels is None:
            image = self.images[index]
            pixels = resize(image if isinstance(image, np.ndarray) else read(image), size)
            with self._lock:
                if pixels.nbytes <= self._free and (index, size) not in self._cache:
                    self._cache[index, size] = pixels
                    self._free -= pixels.nbytes
        return to_unit(pixels)


class Alternating:
    """Two domains in turn, each in its own order: even positions show the first."""

    def __init__(self, first: Domain, second: Domain):
        self.first = first
        self.second = second

    def __len__(self) -> int:
        return len(self.first) + len(self.second)

    def stream(self, seed: int, start: int, size: int) -> tf.data.Dataset:
        streams = [
            self.first.stream(seed, (start + 1) // 2, size),
            self.second.stream(seed, start // 2, size),
        ]
        return tf.data.Dataset.choose_from_datasets(streams, positions(start).map(lambda s: s % 2))

    def finish(self, crop: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return crop


class ExposedOnFilm:
    """The negatives of a domain of color photographs, each crop on a film drawn at random.

    A photograph is cropped and turned before it is exposed, so that grain and scanner noise are
    never scaled and only pixels that are used are simulated.
    """

    def __init__(self, photographs: Domain):
        self.photographs = photographs

    def __len__(self) -> int:
        return len(self.photographs)

    def stream(self, seed: int, start: int, size: int) -> tf.data.Dataset:
        return self.photographs.stream(seed, start, size)

    def finish(self, crop: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return expose_on_random_film(crop, seed)


class Lazy(Sequence[Element]):
    """Elements behind functions that read them, so that any number fits in memory."""

    def __init__(self, loaders: Sequence[Callable[[], Element]]):
        self._loaders = loaders

    def __len__(self) -> int:
        return len(self._loaders)

    def __getitem__(self, index: Any) -> Any:
        chosen = self._loaders[index]
        return Lazy(chosen) if isinstance(index, slice) else chosen()


def positions(start: int) -> tf.data.Dataset:
    """start, start + 1, … as int64, without end."""
    return tf.data.Dataset.range(start, tf.int64.max)


def image_at(position: tf.Tensor, length: int, seed: int) -> tf.Tensor:
    """Index of the image at a position: every pass over `length` images is a permutation.

    Args:
        position: scalar int64.
        length: number of images.
        seed: decides the order, together with the pass.

    Returns:
        Scalar int64 in [0, length).
    """
    # index_shuffle does not mix its seed: neighboring passes would begin alike.
    mixed = tf.random.stateless_uniform(
        (2,), tf.stack([seed, position // length]), None, None, tf.int64
    )
    return tf.random.experimental.index_shuffle(position % length, mixed, length - 1)


def resize(pixels: np.ndarray, size: int) -> np.ndarray:
    """Scales an image so that its short side has `size` pixels; the aspect ratio stays.

    Bicubic, with the kernel widened when scaling down (anti-aliasing), computed in float32.

    Args:
        pixels: (H, W, 3) uint8 or uint16.
        size: length of the short side, in pixels.

    Returns:
        (H', W', 3) of the same dtype with min(H', W') = `size`.
    """
    height, width = pixels.shape[:2]
    scale = size / min(height, width)
    shape = (max(size, round(width * scale)), max(size, round(height * scale)))
    if shape == (width, height):
        return pixels
    planes = [
        np.asarray(Image.fromarray(plane).resize(shape, Image.Resampling.BICUBIC))
        for plane in np.moveaxis(to_unit(pixels), -1, 0)
    ]
    return from_unit(np.stack(planes, axis=-1), pixels.dtype)
