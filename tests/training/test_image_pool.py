"""The image pool against its definition."""

import numpy as np
import tensorflow as tf

from negcolor.training.image_pool import ImagePool


def numbered(first, count):
    """Images that carry their number in every pixel."""
    numbers = np.arange(first, first + count, dtype="float32")
    return np.broadcast_to(numbers[:, None, None, None], (count, 2, 2, 1))


def numbers_of(images):
    return np.asarray(images)[:, 0, 0, 0].astype(int).tolist()


def test_until_it_is_full_images_come_back_unchanged():
    pool = ImagePool((2, 2, 1), size=5)
    assert numbers_of(pool(numbered(1, 3))) == [1, 2, 3]
    assert numbers_of(pool(numbered(4, 2))) == [4, 5]
    assert numbers_of(pool.images) == [1, 2, 3, 4, 5]
    assert int(pool.count) == 5


def test_a_full_pool_exchanges_half_of_the_images_for_earlier_ones():
    pool = ImagePool((2, 2, 1), size=10, seed=1)
    exchange = tf.function(pool)
    held = set(numbers_of(exchange(numbered(0, 10))))
    exchanged = 0
    for number in range(10, 410):
        (back,) = numbers_of(exchange(numbered(number, 1)))
        if back != number:
            assert back in held
            held = held - {back} | {number}
            exchanged += 1
        assert set(numbers_of(pool.images)) == held
    assert 160 < exchanged < 240  # 200 ± 4 standard deviations


def test_slots_are_drawn_evenly():
    pool = ImagePool((2, 2, 1), size=4, seed=3)
    exchange = tf.function(pool)
    exchange(numbered(0, 4))
    changes = np.zeros(4, int)
    for number in range(4, 404):
        before = np.array(numbers_of(pool.images))
        exchange(numbered(number, 1))
        changes += before != numbers_of(pool.images)
    assert changes.min() > 25  # 50 expected


def test_equal_seeds_exchange_alike_and_others_do_not():
    pools = [ImagePool((2, 2, 1), size=3, seed=s) for s in (5, 5, 6)]
    sequences = [[numbers_of(pool(numbered(3 * i, 3))) for i in range(12)] for pool in pools]
    assert sequences[0] == sequences[1] != sequences[2]
