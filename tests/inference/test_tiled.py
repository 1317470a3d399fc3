"""A generator in bands against the same generator in one pass."""

import dataclasses
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from negcolor.errors import NegcolorError
from negcolor.experiments.modifications import MODIFICATIONS, GeneratorConfig
from negcolor.inference import tiled, tiled_storage
from negcolor.inference.tiled import Statistics, statistics, tiled_pass
from negcolor.inference.tiled_graph import image_graph, plan_sweeps, stored_bytes_per_pixel
from negcolor.networks.apply import apply_generator
from negcolor.networks.generator import build_generator

SMALL = {"filters": 4, "residual_blocks": 2}
VARIANTS = {
    dataclasses.replace(entry.generator, **SMALL): key for key, entry in MODIFICATIONS.items()
} | {GeneratorConfig(**SMALL, prior="density"): "density prior"}
PLENTY, NONE = 10**9, 0  # of memory: maps in memory and high bands, maps on disk and low bands


def trained(config):
    """A generator whose statistics matter: large weights, affine terms away from 1 and 0."""
    generator = build_generator(config)
    rng = np.random.default_rng(0)
    for weight in generator.weights:
        if "gamma" in weight.path or "variance" in weight.path:
            weight.assign(rng.uniform(0.7, 1.3, weight.shape))
        elif "seed" not in weight.path:
            weight.assign(rng.normal(0.0, 0.15, weight.shape))
    return generator


@pytest.fixture(scope="module")
def generator():
    return trained(GeneratorConfig(**SMALL))


def image(height, width):
    """Noise whose brightness and contrast change from the top to the bottom."""
    x = np.random.default_rng(height * width).random((height, width, 3), dtype="float32")
    return x * np.linspace(0.1, 1, height, dtype="float32")[:, None, None]


def converted_in_tiles(generator, scan, memory):
    parts = list(tiled_pass(generator, scan, memory))
    rows = [len(part) for _, part in parts]
    assert [start for start, _ in parts] == [sum(rows[:i]) for i in range(len(rows))]
    return np.concatenate([part for _, part in parts])


@pytest.mark.slow
@pytest.mark.parametrize("config", VARIANTS, ids=VARIANTS.values())
@pytest.mark.parametrize("memory", [PLENTY, NONE])
def test_every_modification_gives_what_one_pass_gives(config, memory):
    generator, scan = trained(config), image(90, 37)
    whole = apply_generator(generator, scan)
    assert whole.std() > 0.1
    np.testing.assert_allclose(converted_in_tiles(generator, scan, memory), whole, atol=1e-4)


@settings(max_examples=15, deadline=None)
@given(height=st.integers(1, 150), width=st.integers(1, 40), memory=st.sampled_from([PLENTY, NONE]))
def test_any_size(generator, height, width, memory):
    scan = image(height, width)
    np.testing.assert_allclose(
        converted_in_tiles(generator, scan, memory), apply_generator(generator, scan), atol=1e-4
    )


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_stored_pixels_are_scaled(generator, dtype):
    full = np.iinfo(dtype).max
    scan = (image(70, 20) * full).astype(dtype)
    expected = apply_generator(generator, (scan / full).astype("float32"))
    np.testing.assert_allclose(converted_in_tiles(generator, scan, NONE), expected, atol=1e-4)


def test_bands_with_their_own_statistics_would_differ(generator):
    scan = image(128, 32)
    naive = np.concatenate([apply_generator(generator, scan[i : i + 64]) for i in (0, 64)])
    assert np.abs(naive - apply_generator(generator, scan)).max() > 0.1


def test_no_more_rows_are_in_memory_than_fit(generator, monkeypatch):
    asked = []
    original = tiled.statistics

    def record(rows):
        asked.append(rows.shape)
        return original(rows)

    monkeypatch.setattr(tiled, "statistics", record)
    converted_in_tiles(generator, image(300, 64), NONE)
    assert max(height * width for _, height, width, _ in asked) <= tiled.FEWEST_ROWS * 64
    asked.clear()
    converted_in_tiles(generator, image(300, 64), PLENTY)
    assert max(height * width for _, height, width, _ in asked) == tiled.ROWS * 64


def test_the_generator_of_table_1_keeps_at_most_256_bytes_per_pixel_between_sweeps():
    nodes = image_graph(build_generator(GeneratorConfig()))
    sweeps = plan_sweeps(nodes)
    # Three normalizations in the encoder, two in each of nine blocks, two in the decoder.
    assert len(sweeps) == 3 + 18 + 2 + 1
    # Four maps of 256 channels at a quarter of the size, in float32.
    assert stored_bytes_per_pixel(sweeps) == 4 * 256 * 4 / 16


def test_feature_maps_on_disk_leave_nothing_behind(generator, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    bands = tiled_pass(generator, image(64, 32), NONE)
    next(bands)
    bands.close()
    assert not list(tmp_path.iterdir())


def test_too_little_room_on_disk_is_said_before_the_first_sweep(generator, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    usage = tiled_storage.shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(tiled_storage.shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(NegcolorError, match="TMPDIR") as caught:
        next(tiled_pass(generator, image(64, 32), NONE))
    assert str(tmp_path) in str(caught.value)


def test_a_disk_that_fills_up_is_named(monkeypatch):
    with Path("/dev/full").open("r+b", buffering=0) as full:
        monkeypatch.setattr(tiled_storage.tempfile, "TemporaryFile", lambda dir: full)
        kept = tiled_storage.DiskMap((4, 4, 4))
        with pytest.raises(NegcolorError, match="No space left"):
            kept.write(0, np.zeros((4, 4, 4), "float32"))


def test_a_layer_whose_reach_is_unknown_is_refused():
    inputs = keras.Input((None, None, 3))
    model = keras.Model(inputs, keras.layers.AveragePooling2D(3, 1, "same")(inputs))
    with pytest.raises(TypeError, match="AveragePooling2D"):
        image_graph(model)


@settings(deadline=None)
@given(
    values=arrays("float64", (12, 2), elements=st.floats(-1e3, 1e3)),
    cuts=st.lists(st.integers(1, 11), unique=True).map(sorted),
)
def test_statistics_of_parts_merge_into_those_of_the_whole(values, cuts):
    parts = [Statistics(len(x), x.mean(0), x.var(0)) for x in np.split(values, cuts)]
    total = parts[0]
    for part in parts[1:]:
        total = total.merge(part)
    assert total.count == 12
    np.testing.assert_allclose(total.mean, values.mean(0), atol=1e-9)
    np.testing.assert_allclose(total.variance, values.var(0), rtol=1e-9, atol=1e-6)
    pooled = total.over_channels()
    np.testing.assert_allclose(pooled.mean, values.mean(), atol=1e-9)
    np.testing.assert_allclose(pooled.variance, values.var(), rtol=1e-9, atol=1e-6)


def test_statistics_are_numpys():
    x = np.random.default_rng(0).normal(5, 2, (1, 7, 9, 4)).astype("float32")
    found = statistics(keras.ops.convert_to_tensor(x))
    assert found.count == 63
    np.testing.assert_allclose(found.mean, x.mean((0, 1, 2), dtype="float64"), rtol=1e-5)
    np.testing.assert_allclose(found.variance, x.var((0, 1, 2), dtype="float64"), rtol=1e-4)
