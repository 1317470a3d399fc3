"""Photograph to negative: seeds, depths, and what a negative looks like."""

import numpy as np
import pytest
from skimage import data

from negcolor.errors import NegcolorError
from negcolor.film.scanner import Scanner
from negcolor.film.simulation import simulate
from negcolor.film.stocks import STOCKS

PHOTO = data.astronaut()[::8, ::8]
UNIT = (PHOTO / 255).astype(np.float32)


@pytest.mark.parametrize("name", STOCKS)
def test_every_stock_gives_an_unclipped_negative(name):
    negative = simulate(PHOTO, name)
    assert negative.shape == PHOTO.shape
    assert negative.dtype == np.float32
    assert negative.min() > 0
    assert negative.max() < 1
    for c in range(3):
        assert np.corrcoef(negative[..., c].ravel(), PHOTO.mean(axis=-1).ravel())[0, 1] < -0.8
    red, green, blue = simulate(np.zeros_like(PHOTO), name).mean(axis=(0, 1))
    if STOCKS[name].kind == "color":
        assert red > green + 0.1 > blue + 0.15  # the orange mask
    else:
        assert red == pytest.approx(green, abs=1e-3) == pytest.approx(blue, abs=1e-3)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_photographs_of_any_depth_give_the_same_negative(dtype):
    white = 1 if np.issubdtype(dtype, np.floating) else np.iinfo(dtype).max
    photo = (PHOTO / 255 * white).astype(dtype)
    np.testing.assert_allclose(simulate(photo), simulate(PHOTO), atol=1.01 / 255)


def test_more_exposure_makes_a_denser_negative():
    assert simulate(PHOTO, exposure_stops=1.0).mean() < simulate(PHOTO).mean() - 0.02


def test_seeds_decide_grain_and_noise():
    scanner = Scanner(bit_depth=16)
    first, again, other = (simulate(PHOTO, scanner=scanner, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).mean() > 0.9


def test_unknown_stock_is_refused():
    with pytest.raises(NegcolorError, match="'kodachrome'"):
        simulate(PHOTO, "kodachrome")
