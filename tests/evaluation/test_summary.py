"""Converters side by side."""

import numpy as np
import pytest

from negcolor.evaluation import summary
from negcolor.evaluation.metrics import average, compare
from negcolor.evaluation.summary import compare_converters
from negcolor.images.color import to_unit


def pairs(count, shape=(12, 16, 3)):
    """(negative, truth) with negative = 255 - truth."""
    for seed in range(count):
        truth = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
        yield 255 - truth, truth


def test_each_converter_gets_its_mean_over_the_pairs():
    figures = compare_converters(
        pairs(3), {"inversion": lambda negative: 1 - negative, "nothing": lambda negative: negative}
    )
    assert list(figures) == ["inversion", "nothing"]
    expected = average(compare(to_unit(negative), to_unit(truth)) for negative, truth in pairs(3))
    assert figures["nothing"] == expected
    assert figures["inversion"].ssim == pytest.approx(1.0)
    assert figures["inversion"].delta_e == pytest.approx(0.0, abs=1e-3)
    assert figures["inversion"].psnr > 120  # float32


def test_images_of_16_bits_count_alike():
    ((negative, truth),) = pairs(1)
    wide = (negative.astype("uint16") * 257, truth.astype("uint16") * 257)
    eight, sixteen = (
        compare_converters([pair], {"nothing": lambda negative: negative})["nothing"]
        for pair in ((negative, truth), wide)
    )
    assert sixteen.delta_e == pytest.approx(eight.delta_e, rel=1e-5)


def test_large_images_are_reduced_before_they_are_converted(monkeypatch):
    monkeypatch.setattr(summary, "LONG_SIDE", 10)
    shapes = []

    def convert(negative):
        shapes.append((negative.shape, negative.dtype))
        return negative

    compare_converters(pairs(1, (20, 40, 3)), {"recorder": convert})
    assert shapes == [((5, 10, 3), np.float32)]


def test_without_a_pair_there_are_no_figures():
    assert compare_converters([], {"inversion": lambda negative: 1 - negative}) == {}


def test_one_perfect_image_does_not_hide_the_others():
    truths = [truth for _, truth in pairs(2)]
    figures = compare_converters([(truth, truth) for truth in truths], {"nothing": lambda x: x})
    assert figures["nothing"] == average(
        compare(to_unit(truth), to_unit(truth)) for truth in truths
    )
    assert figures["nothing"].psnr == np.inf
