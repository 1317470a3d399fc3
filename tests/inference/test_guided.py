"""Guided upsampling of a conversion, with closed forms as references."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter
from skimage import data
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.transform import resize

from negcolor.images import row_blocks
from negcolor.images.resize import downscale_to
from negcolor.inference import convert
from negcolor.inference.convert import Method, NegativeConverter
from negcolor.inference.guided import EnlargedMaps, affine_maps

MATRIX = np.array([[-0.9, 0.1, 0.05], [0.02, -0.8, 0.1], [0.0, 0.1, -0.7]])
OFFSET = np.array([0.85, 0.8, 0.75])


def affine(image):
    return image @ MATRIX.T.astype("float32") + OFFSET.astype("float32")


def guided(scan, run, dtype):
    return NegativeConverter(run).convert(scan, Method.GUIDED, dtype).pixels


def photograph(height, width):
    return resize(data.astronaut(), (height, width), anti_aliasing=True).astype("float32")


def test_an_affine_network_is_reproduced_at_full_size():
    scan = photograph(1300, 1100)
    seen = []

    def run(image):
        seen.append(image.shape)
        return affine(image)

    result = guided(scan, run, "float32")
    assert seen == [(1024, 866, 3)]
    np.testing.assert_allclose(result, affine(scan).clip(0, 1), atol=1e-4)


def test_a_small_image_goes_through_the_network_in_its_own_size():
    scan = photograph(60, 40)
    result = guided(scan, lambda image: affine(image), "float32")
    np.testing.assert_allclose(result, affine(scan).clip(0, 1), atol=1e-4)


@pytest.fixture
def seen_at_256(monkeypatch):
    """Images are reduced to a quarter of the usual size, so that a test takes a sixteenth."""
    monkeypatch.setattr(convert, "LONG_SIDE", 256)


def test_a_curved_response_is_followed_closely(seen_at_256):
    """Film inverts light by a power law; locally that is nearly affine."""
    scan = photograph(384, 300) * 0.8 + 0.1
    result = guided(scan, lambda image: 1 - image**0.45, "float32")
    difference = deltaE_ciede2000(rgb2lab(1 - scan**0.45), rgb2lab(result))
    assert difference.mean() < 1


def test_detail_that_the_network_never_saw_survives(seen_at_256):
    smooth = photograph(512, 128)
    checks = np.indices(smooth.shape[:2]).sum(0) % 2 * 0.02 - 0.01  # one pixel wide
    scan = (smooth * 0.8 + 0.1 + checks[..., None]).astype("float32")
    result = guided(scan, affine, "float32")
    expected = affine(scan)
    fine = expected - gaussian_filter(expected, (2, 2, 0))
    kept = result - gaussian_filter(result, (2, 2, 0))
    np.testing.assert_allclose(kept.std(), fine.std(), rtol=0.02)
    assert np.corrcoef(kept.ravel(), fine.ravel())[0, 1] > 0.99


def test_texture_of_the_network_is_not_taken_over():
    scan = np.broadcast_to(
        np.linspace(0.2, 0.8, 512, dtype="float32")[:, None], (512, 512)
    )[..., None].repeat(3, axis=2)  # fmt: skip
    checks = (np.indices((512, 512)).sum(0) % 2 * 0.2 - 0.1)[..., None]
    result = guided(scan, lambda image: 1 - image + checks, "float32")
    assert np.abs(result - (1 - scan)).max() < 0.02


def test_colors_stay_on_their_side_of_an_edge(seen_at_256):
    scan = np.full((300, 400, 3), 0.2, "float32")
    scan[:, 201:] = 0.7

    def run(image):
        left = image[..., :1] < 0.45
        return np.where(left, [0.9, 0.2, 0.2], [0.1, 0.3, 0.8]).astype("float32")

    result = guided(scan, run, "float32")
    expected = run(scan)
    assert np.abs(result - expected).max() < 0.15
    enlarged = resize(run(downscale_to(scan, 256)), scan.shape)  # what colors without a guide do
    assert np.abs(enlarged - expected).max() > 0.3


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_a_16_bit_ramp_keeps_more_than_10000_levels(channel):
    levels = np.linspace(0, 65535, 300 * 400).round().astype("uint16").reshape(300, 400)
    scan = np.repeat(levels[..., None], 3, axis=2)
    result = guided(scan, lambda image: 1 - image**0.45, "uint16")
    assert result.dtype == np.uint16
    assert len(np.unique(result[..., channel])) > 10_000


def test_an_even_image_is_no_division_by_zero():
    scan = np.full((40, 50, 3), 30000, "uint16")
    result = guided(scan, lambda image: 1 - image, "uint16")
    np.testing.assert_allclose(result, np.full(scan.shape, 35535), atol=2)


@given(height=st.integers(1, 40), width=st.integers(1, 40))
def test_any_size(height, width):
    scan = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype="uint8")
    result = guided(scan, lambda image: 1 - image, "uint8")
    assert result.shape == scan.shape
    np.testing.assert_allclose(result.astype(int), 255 - scan.astype(int), atol=1)


def test_extreme_proportions():
    scan = np.random.default_rng(0).integers(0, 65536, (3, 5000, 3), dtype="uint16")
    result = guided(scan, lambda image: 1 - image, "uint16")
    np.testing.assert_allclose(result.astype(int), 65535 - scan.astype(int), atol=40)


def test_rows_do_not_depend_on_the_blocks(monkeypatch):
    scan = photograph(200, 90)
    at_once = guided(scan, affine, "float32")
    monkeypatch.setattr(row_blocks, "ROWS", 7)
    np.testing.assert_allclose(guided(scan, affine, "float32"), at_once, atol=1e-5)


def test_maps_are_enlarged_bilinearly_between_pixel_centers():
    maps = np.zeros((2, 2, 3, 4))
    maps[..., 3] = np.array([[0.0, 0.4], [0.4, 0.8]])[..., None]
    result = EnlargedMaps(maps, (4, 4)).apply(np.zeros((4, 4, 3), "float32"), 0)
    across = np.array([0.0, 0.25, 0.75, 1.0])  # centers at 1/8, 3/8, 5/8, 7/8; clamped outside
    expected = 0.4 * across[:, None] + 0.4 * across
    np.testing.assert_allclose(result[..., 0], expected, atol=1e-6)


def test_maps_reproduce_what_varies_within_the_image():
    guide = photograph(160, 160)
    gain = np.linspace(0.3, 1.0, 160, dtype="float32")[:, None, None]
    maps = affine_maps(guide, guide * gain)
    found = np.einsum("hwij,hwj->hwi", maps[..., :3], guide) + maps[..., 3]
    assert np.abs(found - guide * gain).mean() < 2e-3
