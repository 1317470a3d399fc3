"""Batches for training, unpaired and paired: pure functions of (seed, step)."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import tensorflow as tf

from negcolor.errors import lookup
from negcolor.experiments.config import PLAIN, WIDE
from negcolor.film.random_film import (
    RandomNegative,
    expose_on_random_film,
    simulate_random_negative,
)
from negcolor.film.random_ops import Range, between
from negcolor.images.color import luminance, to_network
from pipelines.augmentation import FULL, Augmentation, geometry, tone
from pipelines.domain import Domain, positions
from pipelines.sources import TwoDomains

_NEGATIVES, _COLOR, _PAIRS = range(3)  # streams of one training, each with its own order


@dataclass(frozen=True)
class ColorJitter:
    """How much the colors of photographs are changed: bounds of factors, drawn evenly."""

    contrast: Range = (0.4, 1.2)
    saturation: Range = (0.5, 1.5)
    white_balance: Range = (0.9, 1.1)


@dataclass(frozen=True)
class PairSimulation:
    """How pairs are made of photographs.

    Attributes:
        expose: (photograph, seed) -> the scan of its negative, its truth and where that counts.
        jitter: of the photographs before that.
        zoom: see `Augmentation.zoom`.
        tone: whether the augmentation may change contrast and brightness, too.
    """

    expose: Callable[[tf.Tensor, tf.Tensor], RandomNegative]
    jitter: ColorJitter = ColorJitter()
    zoom: float = 1.0
    tone: bool = True


def _plain_negative(photo: tf.Tensor, seed: tf.Tensor) -> RandomNegative:
    return RandomNegative(expose_on_random_film(photo, seed), photo, tf.ones_like(photo[..., :1]))


SIMULATIONS: Mapping[str, PairSimulation] = MappingProxyType(
    {
        # A few photographs: without much variation, a network knows their few colors.
        PLAIN: PairSimulation(_plain_negative),
        # Many photographs: what is usual in them tells exposure and balance, so it is kept.
        WIDE: PairSimulation(
            simulate_random_negative,
            ColorJitter((0.9, 1.05), (0.8, 1.15), (0.985, 1.015)),
            zoom=1.5,
            tone=False,
        ),
    }
)
"""How `paired` can make its pairs, by the name of `--film`."""


def unpaired(
    data: TwoDomains,
    *,
    image_size: int,
    batch_size: int = 1,
    seed: int = 0,
    start_step: int = 0,
    augmentation: Augmentation = FULL,
) -> tf.data.Dataset:
    """Batches of negatives and of color photographs that have nothing to do with each other.

    Args:
        data: the two domains.
        image_size: side of the square images, in pixels.
        batch_size: images per domain in a batch.
        seed: decides the order of the images and everything random about them.
        start_step: the first batch is the one that a stream from step 0 has at this step.
        augmentation: what is varied at random, in both domains.

    Returns:
        An endless dataset of (negatives, color), each (B, S, S, 3) float32 in [-1, 1]. While it
        is iterated over, unreadable images show as `pipelines.py_function.readable_errors` says.
    """

    def crops(domain: Domain, stream: int) -> tf.data.Dataset:
        def crop(image: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
            place_seed, film_seed, tone_seed = tf.unstack(tf.random.split(seed, 3))
            square = geometry(image, image_size, place_seed, augmentation)
            square = domain.finish(square, film_seed)
            return to_network(tone(square, tone_seed, augmentation))

        size = augmentation.load_size(image_size)
        return map_seeded(crop, domain, size, (seed, stream), start_step * batch_size)

    both = (crops(data.train_a, _NEGATIVES), crops(data.train_b, _COLOR))
    return batched(tf.data.Dataset.zip(both), batch_size)


def paired(
    data: TwoDomains,
    *,
    image_size: int,
    batch_size: int = 1,
    seed: int = 0,
    start_step: int = 0,
    augmentation: Augmentation = FULL,
    film: str = PLAIN,
) -> tf.data.Dataset:
    """Batches of simulated negatives with their truths, for supervised training.

    The colors of the photographs are varied before they are exposed: what a network is to learn
    here is the film, not the colors of one collection.

    Args:
        film: a key of `SIMULATIONS`; the other arguments as for `unpaired`.

    Returns:
        An endless dataset of (negatives, truths, weights): two images of the same scene, each
        (B, S, S, 3) float32 in [-1, 1], and (B, S, S, 1) float32, 1 where the truth counts and 0
        where the negative shows no image. Unreadable images show as for `unpaired`.
    """
    chosen = lookup(SIMULATIONS, film, "film simulation")
    if augmentation.crop:
        augmentation = dataclasses.replace(augmentation, zoom=chosen.zoom)
    if not chosen.tone:
        augmentation = dataclasses.replace(augmentation, contrast=False, brightness=False)

    def pair(image: tf.Tensor, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        place_seed, color_seed, tone_seed, film_seed = tf.unstack(tf.random.split(seed, 4))
        photo = geometry(image, image_size, place_seed, augmentation)
        photo = tone(jitter_colors(photo, color_seed, chosen.jitter), tone_seed, augmentation)
        exposed = chosen.expose(photo, film_seed)
        return to_network(exposed.negative), to_network(exposed.truth), exposed.weight

    size = augmentation.load_size(image_size)
    first = start_step * batch_size
    pairs = map_seeded(pair, data.photographs, size, (seed, _PAIRS), first)
    return batched(pairs, batch_size)


def steps_per_epoch(data: TwoDomains, batch_size: int = 1) -> int:
    """Steps in which the longer domain is seen once; the shorter one repeats."""
    return -(-max(len(data.train_a), len(data.train_b)) // batch_size)


def jitter_colors(
    photo: tf.Tensor, seed: tf.Tensor, jitter: ColorJitter = ColorJitter()
) -> tf.Tensor:
    """Changes contrast, saturation and white balance at random, to make more of few photographs.

    Without the contrast, a network that knows a few photographs of full contrast gives full
    contrast to every scene. Permuted channels and turned hues were tried too, without a clear
    difference.

    Args:
        photo: (H, W, 3) float32 sRGB in [0, 1].
        seed: (2,), integer.
        jitter: by how much.

    Returns:
        (H, W, 3) float32 sRGB in [0, 1].
    """
    draws = tf.random.stateless_uniform((5,), seed)
    grey = luminance(photo)[..., tf.newaxis]
    photo = grey + between(draws[0], jitter.saturation) * (photo - grey)
    mean = tf.reduce_mean(photo)
    photo = mean + between(draws[1], jitter.contrast) * (photo - mean)
    return tf.clip_by_value(photo * between(draws[2:], jitter.white_balance), 0.0, 1.0)


def map_seeded(
    function: Callable[[tf.Tensor, tf.Tensor], Any],
    domain: Domain,
    size: int,
    seed: tuple[int, int],
    start: int,
) -> tf.data.Dataset:
    """`function(image, seed)` of the images from `start` on; the seed depends on position."""

    def call(position: tf.Tensor, image: tf.Tensor) -> Any:
        return function(image, tf.random.fold_in(tf.constant(seed, tf.int64), position))

    number, stream = seed
    images = domain.stream(3 * number + stream, start, size)
    return tf.data.Dataset.zip((positions(start), images)).map(
        call, num_parallel_calls=tf.data.AUTOTUNE
    )


def batched(elements: tf.data.Dataset, batch_size: int) -> tf.data.Dataset:
    """Whole batches alone, made ahead of time."""
    return elements.batch(batch_size, drop_remainder=True).prefetch(tf.data.AUTOTUNE)
