"""Metrics of colored images, against scikit-image and closed forms."""

import numpy as np
import pytest
from skimage.color import lab2rgb
from skimage.metrics import peak_signal_noise_ratio

from negcolor.evaluation.color_metrics import compare_colors, grey
from negcolor.evaluation.metrics import average
from negcolor.images.lab import normalize_lab, srgb_to_lab

SRGB = np.random.default_rng(0).uniform(0.25, 0.75, (2, 12, 9, 3)).astype("float32")
TRUTH = normalize_lab(srgb_to_lab(SRGB))


def test_the_true_colors_have_no_error():
    for metrics in compare_colors(lambda lightness: TRUTH[..., 1:], TRUTH):
        assert metrics.ab_error == metrics.ab_mse == metrics.outside == 0
        assert metrics.ssim == pytest.approx(1)
        assert metrics.delta_e == pytest.approx(0, abs=1e-6)


def test_grey_has_the_truths_colors_as_error():
    lab = (TRUTH.astype("float64") + (1, 0, 0)) * (50, 110, 110)
    for metrics, image, truth in zip(compare_colors(grey, TRUTH), lab, SRGB, strict=True):
        assert metrics.ab_error == pytest.approx(np.abs(image[..., 1:]).mean(), rel=1e-5)
        assert metrics.ab_mse == pytest.approx(np.square(image[..., 1:]).mean(), rel=1e-5)
        assert metrics.colorfulness < 0.1
        result = lab2rgb(image * (1, 0, 0))
        expected = peak_signal_noise_ratio(truth, result.astype("float32"), data_range=1)
        assert metrics.psnr == pytest.approx(expected, abs=0.01)


def test_colors_that_srgb_lacks_are_counted():
    def loud(light):
        colors = np.zeros((*light.shape[:-1], 2), "float32")
        colors[:, :3] = 1.0  # a quarter of the rows
        return colors

    metrics = average(compare_colors(loud, TRUTH))
    assert metrics.outside == pytest.approx(0.25)
    assert metrics.ab_error > average(compare_colors(grey, TRUTH)).ab_error
