"""Images of any dtype through models named in any way, from Python."""

import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from negcolor.experiments.modifications import GeneratorConfig
from negcolor.inference.api import colorize
from negcolor.networks.apply import apply_generator
from negcolor.networks.generator import build_generator

sides = st.integers(1, 30)
stored_images = st.sampled_from(["uint8", "uint16"]).flatmap(
    lambda dtype: arrays.arrays(dtype, st.tuples(sides, sides, st.just(3)))
)


def noise(*shape, seed=0):
    return np.random.default_rng(seed).random(shape, dtype="float32")


@given(scan=stored_images)
def test_a_generator_that_changes_nothing_changes_no_pixel(scan):
    result = colorize(scan, lambda image: image)
    assert result.dtype == scan.dtype
    np.testing.assert_array_equal(result, scan)


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
