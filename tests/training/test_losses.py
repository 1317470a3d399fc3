"""Losses against independent evaluations in NumPy, SciPy and scikit-image."""

import numpy as np
import pytest
import tensorflow as tf
from scipy.stats import wasserstein_distance
from skimage.color import deltaE_ciede94, rgb2lab
from skimage.metrics import structural_similarity

from negcolor.images.color import to_network
from negcolor.training.losses import (
    adversarial_loss,
    anchor_loss,
    cie94_loss,
    critic_loss,
    discriminator_loss,
    l1_loss,
    mse_loss,
    sorted_wasserstein_loss,
    ssim_loss,
    wasserstein_loss,
)


def logits(seed):
    return np.random.default_rng(seed).normal(scale=3, size=(2, 4, 5, 1)).astype("float32")


def sigmoid(x):
    return 1 / (1 + np.exp(-np.asarray(x, "float64")))


def test_equation_1():
    real, fake = logits(0), logits(1)
    objective = np.log(sigmoid(real)).mean() + np.log(1 - sigmoid(fake)).mean()
    assert float(discriminator_loss(real, fake)) == pytest.approx(-0.5 * objective, rel=1e-6)
    # the generator's half, in the form that does not saturate
    assert float(adversarial_loss(fake)) == pytest.approx(-np.log(sigmoid(fake)).mean(), rel=1e-6)


def test_equations_2_and_3():
    a, b = (np.random.default_rng(s).uniform(-1, 1, (2, 8, 8, 3)).astype("float32") for s in (0, 1))
    assert float(l1_loss(a, b)) == pytest.approx(np.abs(a - b).mean(), rel=1e-6)


def test_least_squares():
    real, fake = logits(0), logits(1)
    expected = 0.5 * (((real - 1) ** 2).mean() + (fake**2).mean())
    assert float(discriminator_loss(real, fake, "lsgan")) == pytest.approx(expected, rel=1e-6)
    assert float(adversarial_loss(fake, "lsgan")) == pytest.approx(((fake - 1) ** 2).mean())


def test_a_critic_rates_real_images_high_and_its_generator_wants_that_rating():
    real, fake = np.full((2, 3, 3, 1), 5, "float32"), np.full((2, 3, 3, 1), 2, "float32")
    fake[0, 0, 0] = 11  # a mean of 2.5
    assert float(critic_loss(real, fake)) == pytest.approx(2.5 - 5)
    assert float(wasserstein_loss(fake)) == pytest.approx(-2.5)


def test_cross_entropy_of_large_logits_is_finite_and_exact():
    large = np.full((1, 1, 1, 1), 200, "float32")
    assert float(adversarial_loss(-large)) == pytest.approx(200)
    assert float(discriminator_loss(large, -large)) == pytest.approx(0, abs=1e-6)


def test_losses_of_bfloat16_are_computed_in_float32():
    loss = adversarial_loss(tf.cast(logits(0), tf.bfloat16))
    assert loss.dtype == tf.float32


def color_pair():
    rng = np.random.default_rng(7)
    truth = rng.random((1, 24, 20, 3)).astype("float32")
    result = np.clip(truth + rng.normal(0, 0.1, truth.shape), 0, 1).astype("float32")
    return truth, result


def test_delta_e_is_cie94():
    truth, result = color_pair()
    expected = deltaE_ciede94(rgb2lab(truth[0]), rgb2lab(result[0]))
    loss = cie94_loss(to_network(truth), to_network(result))
    np.testing.assert_allclose(float(loss), np.sqrt(expected**2 + 0.01).mean(), rtol=2e-3)


def test_ssim_is_that_of_scikit_image():
    truth, result = color_pair()
    options = {"channel_axis": -1, "data_range": 2.0, "use_sample_covariance": False}
    images = (to_network(x[0].astype("float64")) for x in (truth, result))
    expected = structural_similarity(*images, **options)
    loss = ssim_loss(to_network(truth), to_network(result))
    np.testing.assert_allclose(float(loss), 1 - expected, atol=1e-4)


@pytest.mark.parametrize("loss", [l1_loss, mse_loss, cie94_loss, ssim_loss])
def test_pixels_without_weight_do_not_count(loss):
    truth, result = (to_network(x) for x in color_pair())
    weight = np.zeros((1, 24, 20, 1), "float32")
    weight[:, :12] = 1
    spoilt = result.copy()
    spoilt[:, 15:] = 1.0  # more than a window away
    value = float(loss(truth, result, weight))
    assert value == pytest.approx(float(loss(truth, spoilt, weight)), rel=1e-6)
    assert value != pytest.approx(float(loss(truth, spoilt)), rel=1e-2)
    ones = np.ones_like(weight)
    assert float(loss(truth, result, ones)) == pytest.approx(float(loss(truth, result)), rel=1e-5)


@pytest.mark.parametrize("loss", [cie94_loss, ssim_loss])
def test_gradients_are_finite_where_colors_are_equal_grey_or_black(loss):
    for value in (-1.0, 0.0, 1.0):
        truth = tf.fill((1, 9, 9, 3), value)
        for shift in (0.0, 0.3):
            with tf.GradientTape() as tape:
                result = truth + shift
                tape.watch(result)
                distance = loss(truth, result)
            assert np.isfinite(tape.gradient(distance, result)).all()


def noise(seed):
    draw = np.random.default_rng(seed).uniform(-1, 1, (1, 32, 32, 3))
    return tf.constant(draw, tf.float32)


def lab(image):
    return rgb2lab(np.asarray(image, "float64") * 0.5 + 0.5)


def test_the_colors_are_as_far_apart_as_their_distributions():
    ours, theirs = noise(3), noise(4)
    expected = sum(
        wasserstein_distance(lab(ours)[..., c].ravel(), lab(theirs)[..., c].ravel())
        for c in range(3)
    )
    assert float(sorted_wasserstein_loss(ours, theirs)) == pytest.approx(expected, rel=1e-3)


def test_the_anchor_allows_another_exposure_and_no_other_hues():
    before = noise(4) * 0.5
    unchanged = float(anchor_loss(before, before))
    assert unchanged == pytest.approx(0.1)  # the root's rounding
    assert float(anchor_loss(before, before * 0.9 - 0.1)) < 4
    assert float(anchor_loss(before, before[..., ::-1])) > 20
    assert float(anchor_loss(before, -before)) > 20
