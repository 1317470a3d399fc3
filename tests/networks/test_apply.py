"""A generator's one pass over images of any size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negcolor.experiments.modifications import GeneratorConfig
from negcolor.networks.apply import apply_generator
from negcolor.networks.generator import build_generator

sides = st.integers(1, 30)


class Same:
    """Stands in for a generator; remembers what it was given."""

    def predict_on_batch(self, batch):
        self.batch = batch
        return batch


@pytest.fixture(scope="module")
def generator():
    return build_generator(GeneratorConfig(filters=4, residual_blocks=1))


def noise(*shape, seed=0):
    return np.random.default_rng(seed).random(shape, dtype="float32")


@given(height=sides, width=sides)
def test_images_are_reflected_at_the_bottom_and_the_right_to_a_multiple_of_4(height, width):
    image = noise(height, width, 3)
    same = Same()
    np.testing.assert_allclose(apply_generator(same, image), image, atol=1e-6)
    batch, padded_height, padded_width, channels = same.batch.shape
    assert (batch, channels) == (1, 3)
    assert same.batch.dtype == np.float32
    for padded, side in ((padded_height, height), (padded_width, width)):
        assert padded % 4 == 0
        assert padded == max(8, -(-side // 4) * 4)
    # Reflection without the border itself has the period 2 (side - 1).
    rows, columns = (
        [min(i % period, period - i % period) for i in range(padded)]
        for padded, period in (
            (padded_height, max(1, 2 * (height - 1))),
            (padded_width, max(1, 2 * (width - 1))),
        )
    )
    expected = (image * 2 - 1)[np.ix_(rows, columns)]
    np.testing.assert_array_equal(same.batch[0], expected)


def test_multiples_of_4_are_the_whole_image_in_one_pass(generator):
    image = noise(20, 36, 3)
    expected = np.asarray(generator(image[None] * 2 - 1, training=False))[0] * 0.5 + 0.5
    np.testing.assert_allclose(apply_generator(generator, image), expected, atol=1e-6)


@settings(max_examples=15, deadline=None)
@given(shape=st.tuples(sides, sides))
def test_any_size_goes_through_a_real_generator(generator, shape):
    result = apply_generator(generator, noise(*shape, 3))
    assert result.shape == (*shape, 3)
    assert result.dtype == np.float32
    assert np.isfinite(result).all()
    assert result.min() >= 0
    assert result.max() <= 1
