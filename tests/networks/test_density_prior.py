"""The density prior: formulas, what the small copy is fooled by, and a generator that has it."""

import dataclasses
import zipfile

import h5py
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops
from skimage import data
from skimage.transform import downscale_local_mean

from negcolor.experiments.modifications import MODIFICATIONS, GeneratorConfig
from negcolor.film.simulation import simulate
from negcolor.images.color import linear_to_srgb, srgb_to_linear, to_network
from negcolor.networks.density_prior import (
    QUANTILES,
    SIDE,
    TERMS,
    Balance,
    ClippedSum,
    DensityRange,
    Thumbnail,
    balanced,
)
from negcolor.networks.generator import build_generator

CONFIG = GeneratorConfig(filters=4, residual_blocks=1, prior="density")


def scan_of(photo=None):
    """(64, 64, 3) float32 in [0, 1]: the small copy of it is the scan itself."""
    photo = data.astronaut()[::8, ::8] if photo is None else photo
    return simulate(photo)


def limits_of(scan):
    return np.asarray(DensityRange()(to_network(scan)[None]))[0]


def formula(scan):
    """The prior, written out: (64, 64, 3) in [0, 1]."""
    density = -np.log10(srgb_to_linear(scan.astype("float64")))
    low, high = np.quantile(density.reshape(-1, 3), QUANTILES, axis=0, method="lower")
    light = 10 ** (2 * ((density - low) / (high - low) - 1))
    return np.clip(linear_to_srgb((light - 0.01) / 0.99), 0, 1)


SMALL = {"filters": 4, "residual_blocks": 1, "prior": "density"}
GENERATORS = {
    dataclasses.replace(entry.generator, **SMALL): k for k, entry in MODIFICATIONS.items()
}


@pytest.mark.parametrize("config", GENERATORS, ids=GENERATORS.values())
def test_a_new_generator_gives_what_the_formula_gives(config):
    scan = scan_of()
    result = np.asarray(build_generator(config)(to_network(scan)[None])) * 0.5 + 0.5
    np.testing.assert_allclose(result[0], formula(scan), atol=2e-5)


def test_the_encoding_of_a_scan_matters_little():
    """A power of the light scales densities, which the range takes away again."""
    scan = scan_of()
    twisted = linear_to_srgb(srgb_to_linear(scan) ** 1.3)
    np.testing.assert_allclose(formula(twisted), formula(scan), atol=1e-5)
    generator = build_generator(CONFIG)
    results = [np.asarray(generator(to_network(x)[None])) for x in (scan, twisted)]
    np.testing.assert_allclose(*results, atol=1e-3)


def test_thumbnails_are_local_means():
    image = np.random.default_rng(0).random((2 * SIDE, 3 * SIDE, 3), "float32")
    expected = downscale_local_mean(image, (2, 3, 1))
    np.testing.assert_allclose(np.asarray(Thumbnail()(image[None]))[0], expected, atol=1e-6)


@settings(max_examples=20, deadline=None)
@given(height=st.integers(1, 200), width=st.integers(1, 200), cut=st.floats(0, 1))
def test_thumbnails_of_any_size_are_sums_over_bands(height, width, cut):
    image = np.random.default_rng(height).random((1, height, width, 3), "float32")
    layer, row = Thumbnail(), round(cut * height)
    whole = np.asarray(layer(image))
    assert whole.shape == (1, SIDE, SIDE, 3)
    means = [x.mean((1, 2), "float64") for x in (whole, image)]
    np.testing.assert_allclose(*means, atol=1e-5)
    bands = (image[:, :row], 0), (image[:, row:], row)
    shares = [np.asarray(layer.partial_mean(rows, start, height)) for rows, start in bands]
    np.testing.assert_allclose(sum(shares), whole, atol=1e-5)


def with_holder(scan):
    framed = np.full_like(scan, 0.03)
    framed[5:-5, 6:-4] = scan[5:-5, 6:-4]
    return framed


def with_perforation(scan):
    punched = scan.copy()
    for top in range(4, 60, 12):
        punched[top : top + 6, 1:6] = punched[top : top + 6, -6:-1] = 1.0
    return punched


def with_dust(scan):
    dusty = scan.copy()
    dusty[20, 30] = dusty[45, 11] = 0.02
    return dusty


@pytest.mark.parametrize("spoil", [with_holder, with_perforation, with_dust])
def test_what_is_not_the_image_fools_the_range_little(spoil):
    scan = scan_of()
    clean, spoilt = limits_of(scan), limits_of(spoil(scan))
    contrast = clean[1] - clean[0]
    assert (np.abs(spoilt - clean) < 0.06 * contrast).all()
    naive = -np.log10(srgb_to_linear(spoil(scan)))
    assert (np.ptp(naive.reshape(-1, 3), axis=0) > 1.2 * contrast).any()


def test_an_image_without_contrast_stays_finite():
    generator = build_generator(CONFIG)
    for value in (0.0, 0.4, 1.0):
        assert np.isfinite(np.asarray(generator(np.full((1, 8, 8, 3), value, "float32")))).all()


def test_the_balance_is_a_polynomial():
    rng = np.random.default_rng(0)
    x = rng.random((1, 4, 5, 3)).astype("float32")
    coefficients = rng.normal(size=(1, TERMS, 3)).astype("float32")
    r, g, b = x[0].transpose(2, 0, 1)
    terms = [r**0, r, g, b, r**2, g**2, b**2, g * b, b * r, r * g, r**3, g**3, b**3]
    expected = x[0] + np.stack(terms, axis=-1) @ coefficients[0]
    np.testing.assert_allclose(np.asarray(balanced(x, coefficients))[0], expected, rtol=1e-5)


def test_what_is_clipped_can_still_be_learnt():
    x = keras.Variable(np.array([-3.0, 0.2, 5.0], "float32"))
    if keras.config.backend() == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            y = ClippedSum()([x.value, ops.zeros(3)])
        np.testing.assert_allclose(y, [-1, 0.2, 1])
        np.testing.assert_allclose(tape.gradient(y, x.value), [1, 1, 1])


def test_the_balance_does_not_know_which_way_up_a_scan_is():
    layer = Balance()
    thumbnail = to_network(scan_of())[None]
    limits = DensityRange()(thumbnail)
    layer([thumbnail, limits])
    rng = np.random.default_rng(0)
    for weight in layer.weights:
        weight.assign(weight.numpy() + rng.normal(0, 0.05, weight.shape))
    turned = np.rot90(thumbnail, axes=(1, 2))[:, ::-1]
    here, there = (np.asarray(layer([x, limits])) for x in (thumbnail, turned))
    np.testing.assert_allclose(there, here, atol=1e-5)
    single = np.asarray(layer([thumbnail, limits], training=True))
    assert np.abs(single - here).max() > 1e-4


def test_saved_models_find_the_weights_of_the_balance_by_these_names(tmp_path):
    """Renaming an attribute of a layer would make older files unreadable."""
    build_generator(CONFIG).save(tmp_path / "g.keras")
    with zipfile.ZipFile(tmp_path / "g.keras") as archive:
        weights = archive.extract("model.weights.h5", tmp_path)
    with h5py.File(weights) as file:
        parts = {name for name, part in file["layers/balance"].items() if len(part)}
    assert parts == {"colours", "scene", "dense", "last"}
