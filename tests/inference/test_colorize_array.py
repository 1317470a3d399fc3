"""A generator on arrays of any size and depth."""

import os

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from negcolor.errors import NegcolorError
from negcolor.inference.colorize import apply_generator, colorize, load_generator
from negcolor.modifications import GeneratorConfig
from negcolor.networks.generator import build_generator

sides = st.integers(1, 30)
stored_pictures = st.sampled_from(["uint8", "uint16"]).flatmap(
    lambda dtype: arrays.arrays(dtype, st.tuples(sides, sides, st.just(3)))
)


class Same:
    """Stands in for a generator; remembers what it was given."""

    def predict_on_batch(self, batch):
        self.batch = batch
        return batch


@pytest.fixture(scope="module")
def generator():
    keras.utils.set_random_seed(1)
    network = build_generator(GeneratorConfig(filters=4, residual_blocks=1))
    for weight in network.trainable_variables:  # more contrast than a fresh network has
        weight.assign(weight * 3 if "kernel" in weight.path else weight)
    return network


def noise(*shape, seed=0):
    return np.random.default_rng(seed).random(shape, dtype="float32")


@given(scan=stored_pictures)
def test_a_generator_that_changes_nothing_changes_no_pixel(scan):
    result = colorize(scan, Same())
    assert result.dtype == scan.dtype
    np.testing.assert_array_equal(result, scan)


@given(height=sides, width=sides)
def test_pictures_are_reflected_at_the_bottom_and_the_right_to_a_multiple_of_4(height, width):
    picture = noise(height, width, 3)
    same = Same()
    np.testing.assert_allclose(apply_generator(same, picture), picture, atol=1e-6)
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
    expected = (picture * 2 - 1)[np.ix_(rows, columns)]
    np.testing.assert_array_equal(same.batch[0], expected)


def test_multiples_of_4_are_the_whole_picture_in_one_pass(generator):
    picture = noise(20, 36, 3)
    expected = np.asarray(generator(picture[None] * 2 - 1, training=False))[0] * 0.5 + 0.5
    np.testing.assert_allclose(apply_generator(generator, picture), expected, atol=1e-6)


@settings(max_examples=15, deadline=None)
@given(shape=st.tuples(sides, sides))
def test_any_size_goes_through_a_real_generator(generator, shape):
    result = apply_generator(generator, noise(*shape, 3))
    assert result.shape == (*shape, 3)
    assert result.dtype == np.float32
    assert np.isfinite(result).all()
    assert result.min() >= 0
    assert result.max() <= 1


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float16", "float32", "float64"])
def test_the_dtype_stays(generator, dtype):
    unit = noise(32, 32, 3)
    scan = np.round(unit * np.iinfo(dtype).max) if "int" in dtype else unit
    result = colorize(scan.astype(dtype), generator)
    assert result.dtype == dtype
    assert result.shape == (32, 32, 3)
    white = np.iinfo(dtype).max if "int" in dtype else 1
    tolerance = 0.01  # 8 bits in, 8 bits out
    np.testing.assert_allclose(result / white, apply_generator(generator, unit), atol=tolerance)


def test_16_bits_come_out_in_more_than_256_levels(generator):
    scan = (noise(64, 64, 3) * 65535).astype("uint16")
    assert len(np.unique(colorize(scan, generator))) > 1000


def test_a_model_is_named_by_folder_file_or_itself(generator, tmp_path):
    generator.save(tmp_path / "generator_g.keras")
    scan = (noise(9, 10, 3) * 255).astype("uint8")
    expected = colorize(scan, generator)
    for model in (tmp_path, str(tmp_path), tmp_path / "generator_g.keras"):
        np.testing.assert_array_equal(colorize(scan, model), expected)


def test_a_model_that_was_trained_on_is_read_again(generator, tmp_path):
    file = tmp_path / "generator_g.keras"
    scan = (noise(12, 12, 3) * 255).astype("uint8")
    generator.save(file)
    before = colorize(scan, file)
    other = build_generator(GeneratorConfig(filters=4, residual_blocks=1))
    other.save(file)
    os.utime(file, (1e9, 1e9))
    assert not np.array_equal(colorize(scan, file), before)
    np.testing.assert_array_equal(colorize(scan, file), colorize(scan, other))


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x03\x04 half an archive"])
def test_files_that_are_no_models_are_named(tmp_path, content):
    file = tmp_path / "model.keras"
    file.write_bytes(content)
    with pytest.raises(NegcolorError, match=r"model\.keras: this is not a generator") as caught:
        load_generator(file)
    assert "\n" not in str(caught.value)


def test_a_network_that_makes_no_pictures_is_no_generator(tmp_path):
    inputs = keras.Input((None, None, 3))
    keras.Model(inputs, keras.layers.Conv2D(1, 3)(inputs)).save(tmp_path / "judge.keras")
    with pytest.raises(NegcolorError, match="does not turn pictures of any size into pictures"):
        load_generator(tmp_path / "judge.keras")


@pytest.mark.parametrize("model", ["", "missing.keras"])
def test_where_there_is_no_model(tmp_path, model):
    with pytest.raises(NegcolorError, match="there is no generator here; give a run folder"):
        load_generator(tmp_path / model)
