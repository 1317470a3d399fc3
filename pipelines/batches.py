"""Batches for training, unpaired and paired: pure functions of (seed, step)."""

from collections.abc import Callable

import tensorflow as tf

from negcolor.film.simulation import expose_on_random_film
from negcolor.images.color import luminance, to_network
from pipelines.augmentation import Augmentation, geometry, tone
from pipelines.domain import Domain, positions
from pipelines.sources import TwoDomains

_NEGATIVES, _COLOUR, _PAIRS = range(3)  # streams of one training, each with its own order

Crop = Callable[[tf.Tensor, tf.Tensor], tf.Tensor | tuple[tf.Tensor, tf.Tensor]]


def unpaired(
    data: TwoDomains,
    *,
    image_size: int,
    batch_size: int = 1,
    seed: int = 0,
    start_step: int = 0,
    augmentation: Augmentation = Augmentation(),
) -> tf.data.Dataset:
    """Batches of negatives and of colour photographs that have nothing to do with each other.

    Args:
        data: the two domains.
        image_size: side of the square pictures, in pixels.
        batch_size: pictures per batch.
        seed: decides the order of the pictures and every augmentation.
        start_step: the first batch is the one that a stream from step 0 gives at this step.
        augmentation: what is varied at random, in both domains.

    Returns:
        An endless dataset of (negatives, colour), each (B, S, S, 3) float32 in [-1, 1]. Unreadable
        pictures show when it is iterated over, see `pipelines.domain.readable_errors`.
    """

    def crops(domain: Domain, stream: int) -> tf.data.Dataset:
        def crop(picture: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
            place_seed, film_seed, tone_seed = tf.unstack(tf.random.split(seed, 3))
            square = geometry(picture, image_size, place_seed, augmentation)
            square = domain.finish(square, film_seed)
            return to_network(tone(square, tone_seed, augmentation))

        size = augmentation.load_size(image_size)
        return _seeded(domain, 3 * seed + stream, start_step * batch_size, size).map(
            crop, num_parallel_calls=tf.data.AUTOTUNE
        )

    both = (crops(data.train_a, _NEGATIVES), crops(data.train_b, _COLOUR))
    return _batched(tf.data.Dataset.zip(both), batch_size)
