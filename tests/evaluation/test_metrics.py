"""Metrics of results against truths, pinned to closed forms and to published color pairs."""

import warnings
from dataclasses import astuple, fields

import numpy as np
import pytest
from scipy.ndimage import uniform_filter
from skimage import data
from skimage.color import deltaE_ciede2000, lab2rgb, rgb2lab
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from negcolor.errors import NegcolorError
from negcolor.evaluation.metrics import HIGHER_IS_BETTER, Metrics, average, colorfulness, compare


def images(seed, shape=(16, 21, 3)):
    """A truth and a result that resembles it, float32."""
    rng = np.random.default_rng(seed)
    truth = rng.uniform(0.1, 0.9, shape)
    result = np.clip(truth + rng.normal(0, 0.05, shape), 0, 1)
    return result.astype("float32"), truth.astype("float32")


def ssim(x, y, window=7):
    """Wang et al. 2004, eq. 13, with square windows and unbiased moments, mean over channels."""
    x, y = x.astype("float64"), y.astype("float64")
    size = (window, window, 1)
    mean_x, mean_y = uniform_filter(x, size), uniform_filter(y, size)
    unbiased = window**2 / (window**2 - 1)
    squares = uniform_filter(x * x + y * y, size)
    variances = unbiased * (squares - mean_x**2 - mean_y**2)
    covariance = unbiased * (uniform_filter(x * y, size) - mean_x * mean_y)
    c1, c2 = 0.01**2, 0.03**2
    index = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    index /= (mean_x**2 + mean_y**2 + c1) * (variances + c2)
    margin = window // 2
    return index[margin:-margin, margin:-margin].mean()


@pytest.mark.parametrize("seed", range(3))
def test_psnr_and_ssim_follow_their_definitions(seed):
    result, truth = images(seed)
    metrics = compare(result, truth)
    error = np.mean((result.astype("float64") - truth) ** 2)
    assert metrics.psnr == pytest.approx(10 * np.log10(1 / error), abs=1e-4)
    assert metrics.ssim == pytest.approx(ssim(result, truth), abs=1e-5)


# Sharma et al. 2005, table 1: pairs of L*, a*, b* that lie within sRGB, and their CIEDE2000.
@pytest.mark.parametrize(
    ("lab", "other", "delta_e"),
    [
        ((50.0, 2.5, 0.0), (50.0, 3.1736, 0.5854), 1.0),
        ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ],
)
def test_delta_e_agrees_with_published_pairs(lab, other, delta_e):
    one, two = (np.tile(lab2rgb(np.array(color)), (8, 8, 1)) for color in (lab, other))
    assert compare(one, two).delta_e == pytest.approx(delta_e, abs=2e-3)


def test_delta_e_is_the_mean_over_the_image():
    truth = np.zeros((8, 8, 3), "float32")
    result = truth.copy()
    result[:, :2] = 1.0  # black against white is 100
    assert compare(result, truth).delta_e == pytest.approx(25.0, abs=1e-3)


def test_a_perfect_result():
    _, truth = images(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert compare(truth, truth) == Metrics(
            psnr=np.inf,
            ssim=pytest.approx(1.0),
            delta_e=0.0,
            delta_e_95=0.0,
            colorfulness=colorfulness(truth),
        )


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 9, 3), (2, 3, 3), (3, 50, 3), (6, 6, 3)])
def test_tiny_images_have_metrics(shape):
    result, truth = images(5, shape)
    metrics = compare(result, truth)
    assert np.isfinite(astuple(metrics)).all()
    assert -1.0 <= metrics.ssim < 1.0
    if shape == (1, 1, 3):  # a pixel has a luminance and no structure
        x, y = result.astype("float64"), truth.astype("float64")
        expected = np.mean((2 * x * y + 1e-4) / (x**2 + y**2 + 1e-4))
        assert metrics.ssim == pytest.approx(expected, abs=1e-6)


def test_images_of_different_size_are_refused():
    with pytest.raises(
        NegcolorError, match=r"21x16 pixels cannot be compared with a truth of 20x16"
    ):
        compare(np.zeros((16, 21, 3)), np.zeros((16, 20, 3)))


def test_metrics_of_a_photograph_are_those_of_scikit_image():
    truth = data.coffee()[:200, :240] / 255
    result = np.clip(truth**1.2 + [0.02, 0, -0.03], 0, 1)
    metrics = compare(result, truth)
    delta_e = deltaE_ciede2000(rgb2lab(truth), rgb2lab(result))
    expected = [
        peak_signal_noise_ratio(truth, result, data_range=1),
        structural_similarity(truth, result, data_range=1, channel_axis=-1),
        delta_e.mean(),
        np.sort(delta_e.ravel())[round(0.95 * (delta_e.size - 1))],
    ]
    assert astuple(metrics)[:4] == pytest.approx(expected, rel=1e-4)


def test_the_95th_percentile_of_delta_e():
    truth = np.zeros((10, 101, 3), "float32")
    result = truth.copy()
    result[:, 95:] = 1.0  # six of 101 columns: just what the percentile leaves out
    assert compare(result, truth).delta_e_95 == pytest.approx(100.0, abs=1e-3)
    result[:, 95] = 0.0
    assert compare(result, truth).delta_e_95 == 0.0


def test_colorfulness_by_hand():
    # Red 255 gives rg = 255, yb = 127.5; blue 255 gives rg = 0, yb = -255. Half and half: means
    # 127.5 and -63.75, standard deviations 127.5 and 191.25.
    image = np.zeros((2, 4, 3), "float32")
    image[:, :2, 0] = 1.0
    image[:, 2:, 2] = 1.0
    expected = np.hypot(127.5, 191.25) + 0.3 * np.hypot(127.5, 63.75)
    assert colorfulness(image) == pytest.approx(expected, rel=1e-6)
    assert compare(image, np.zeros_like(image)).colorfulness == colorfulness(image)


def test_opponents_keep_their_signs():
    # Red and green in equal shares: rg is ±255 with mean 0, yb is 127.5 everywhere. Without signs
    # rg would have no spread.
    image = np.zeros((2, 2, 3))
    image[0, :, 0] = 1.0
    image[1, :, 1] = 1.0
    assert colorfulness(image) == pytest.approx(255.0 + 0.3 * 127.5)


def test_grey_has_no_colorfulness():
    grey = np.random.default_rng(0).uniform(size=(5, 6, 1)).repeat(3, 2)
    assert colorfulness(grey) == pytest.approx(0.0, abs=1e-9)


def test_average_of_each_figure():
    metrics = Metrics(10, 0.5, 4, 9, 20), Metrics(20, 0.7, 2, 5, 30)
    assert average(metrics) == Metrics(15.0, 0.6, 3.0, 7.0, 25.0)


def test_every_figure_says_whether_higher_is_better():
    assert list(HIGHER_IS_BETTER) == [metric.name for metric in fields(Metrics)]
