"""Grey images in color: lightness, sizes, depths, colors outside sRGB, and what is no run."""

import json
import sys

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.color import rgb2lab

import negcolor
from negcolor.errors import NegcolorError
from negcolor.images import row_blocks
from negcolor.inference.colorization import (
    GreyConverter,
    generator_grey_converter,
    load_grey_converter,
)
from negcolor.inference.convert import Method
from negcolor.inference.models import load_converter
from negcolor.inference.trims import Trims, apply_trims


class Constant:
    """Sees one color everywhere, and keeps what it was shown."""

    def __init__(self, a, b):
        self.color = a, b

    def __call__(self, lightness):
        self.seen = lightness
        maps = np.zeros((8, 8, 2, 2), "float32")
        maps[..., 1] = np.array(self.color) / 110
        return maps


def add_color(image, color_maps, dtype):
    return GreyConverter(8, color_maps).convert(image, Method.GUIDED, dtype)


def noise(*shape, dtype="uint8"):
    return np.random.default_rng(0).integers(0, np.iinfo(dtype).max + 1, shape, dtype=dtype)


def lightness(pixels):
    return rgb2lab(pixels / np.iinfo(pixels.dtype).max)[..., 0]


@pytest.mark.parametrize(("dtype", "tolerance"), [("uint16", 2e-3), ("uint8", 0.5)])
def test_lightness_is_kept_to_the_rounding_of_the_depth(system_run, dtype, tolerance):
    image = noise(40, 30, 3, dtype=dtype)
    result = negcolor.colorize_grey(image, system_run)
    assert (result.dtype, result.shape) == (image.dtype, image.shape)
    np.testing.assert_allclose(lightness(result), lightness(image), atol=tolerance)
    assert np.abs(rgb2lab(result / np.iinfo(dtype).max)[..., 1:]).mean() > 5


def test_colors_are_those_of_the_network():
    grey = np.full((20, 30, 3), 30000, "uint16")
    result, out_of_gamut = add_color(grey, Constant(20, -30), "uint16")
    lab = rgb2lab(result / 65535)
    np.testing.assert_allclose(lab[..., 0], lightness(grey), atol=2e-3)
    np.testing.assert_allclose(lab[..., 1:], np.broadcast_to([20, -30], (20, 30, 2)), atol=0.01)
    assert out_of_gamut == 0


def test_pixels_outside_srgb_are_counted_and_keep_their_lightness():
    grey = np.full((10, 10, 3), 40000, "uint16")
    grey[:3] = 65535  # white has no colors
    result, out_of_gamut = add_color(grey, Constant(0, 12), "uint16")
    assert out_of_gamut == 30
    assert (result[:3] == 65535).all()
    result, out_of_gamut = add_color(grey, Constant(105, -105), "uint16")
    assert out_of_gamut == 100
    np.testing.assert_allclose(lightness(result), lightness(grey), atol=2e-3)


def test_the_network_sees_the_whole_image_squashed():
    ramp = np.linspace(0, 255, 160).round().astype("uint8")
    constant = Constant(0, 0)
    add_color(np.broadcast_to(ramp[:, None, None], (160, 16, 3)), constant, "uint8")
    blocks = lightness(ramp.repeat(3).reshape(160, 1, 3)).reshape(8, 20).mean(axis=1) / 50 - 1
    assert constant.seen.shape == (8, 8)
    np.testing.assert_allclose(constant.seen[1:-1, 3], blocks[1:-1], atol=0.01)


def test_of_a_colored_image_only_the_lightness_counts():
    colors = noise(12, 12, 3, dtype="uint16")
    grey, _ = add_color(colors, Constant(0, 0), "uint16")
    assert np.ptp(grey.astype(int), axis=-1).max() < 30  # of 65535
    expected, _ = add_color(colors, Constant(5, 5), "float32")
    found, _ = add_color(grey, Constant(5, 5), "float32")
    np.testing.assert_allclose(found, expected, atol=1e-4)


@settings(deadline=None)  # threads may wait for a processor
@given(
    height=st.integers(1, 40), width=st.integers(1, 40), dtype=st.sampled_from(["uint8", "uint16"])
)
def test_any_size(height, width, dtype):
    image = noise(height, width, 3, dtype=dtype)
    result, out_of_gamut = add_color(image, Constant(30, 30), dtype)
    assert (result.shape, result.dtype) == (image.shape, image.dtype)
    assert 0 <= out_of_gamut <= height * width
    np.testing.assert_allclose(lightness(result), lightness(image), atol=0.7)


@pytest.mark.parametrize("height", [70, 12])
def test_rows_do_not_depend_on_blocks_and_may_replace_the_image(system_run, monkeypatch, height):
    image = noise(height, 33, 3, dtype="uint16")
    converter = load_grey_converter(system_run)
    expected, out_of_gamut = converter.convert(image, Method.GUIDED, "uint16")
    monkeypatch.setattr(row_blocks, "ROWS", 7)
    result, again = converter.convert(image, Method.GUIDED, "uint16", out=image)
    assert result is image
    assert again == out_of_gamut > 0
    np.testing.assert_allclose(result.astype(int), expected, atol=1)


def test_trims_come_last(system_run):
    image = noise(20, 20, 3, dtype="uint16")
    trims = Trims(exposure=-1, temperature=20)
    result = negcolor.colorize_grey(image, system_run, trims=trims)
    plain = negcolor.colorize_grey(image / np.float32(65535), system_run)
    np.testing.assert_allclose(result / 65535, apply_trims(plain, trims), atol=2e-5)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32", "float64"])
def test_one_channel_is_enough(system_run, dtype):
    plane = noise(9, 14, dtype="uint8").astype(dtype)
    plane = plane / 255 if "float" in dtype else plane
    result = negcolor.colorize_grey(plane.astype(dtype), system_run)
    assert (result.dtype, result.shape) == (dtype, (9, 14, 3))
    both = negcolor.colorize_grey(plane.astype(dtype)[..., None].repeat(3, axis=-1), system_run)
    np.testing.assert_array_equal(result, both)


def test_a_generator_of_lightness_and_colors_gives_its_colors():
    lab = keras.Input((16, 16, 1))
    constant = keras.layers.Lambda(
        lambda x: keras.ops.concatenate([0 * x + 0.9, 0 * x + 0.1, 0 * x - 0.2], axis=-1)
    )
    converter = generator_grey_converter(keras.Model(lab, constant(lab)))
    maps = converter.color_maps(np.zeros((16, 16), "float32"))
    np.testing.assert_allclose(maps[..., 1], np.broadcast_to([0.1, -0.2], (16, 16, 2)), atol=1e-6)


def test_what_is_no_colorizer_is_named(system_run, generator, tmp_path):
    (tmp_path / "empty").mkdir()
    for name in ("missing", "empty"):
        with pytest.raises(NegcolorError, match=f"{name}: there is no colorizer here"):
            load_grey_converter(tmp_path / name)
    generator.save(tmp_path / "generator_g.keras")
    for model in (tmp_path, tmp_path / "generator_g.keras", "film"):
        with pytest.raises(NegcolorError, match=r"a model for negatives: give it as --model"):
            load_grey_converter(model)
    (tmp_path / "config.json").write_bytes((system_run / "config.json").read_bytes())
    with pytest.raises(NegcolorError, match=r"not a colorizer that Keras can read"):
        load_grey_converter(tmp_path)
    (tmp_path / "generator_g.keras").unlink()
    with pytest.raises(NegcolorError, match=r"generator_g\.keras: this is not a colorizer"):
        load_grey_converter(tmp_path)


def test_a_colorizer_is_no_model_for_negatives(system_run):
    for model in (system_run, system_run / "generator_g.keras"):
        with pytest.raises(
            NegcolorError, match="colors grey positives: give it to negcolor-colorize as"
        ):
            load_converter(model)


def test_a_system_that_needs_keras_hub_says_what_installs_it(system_run, tmp_path, monkeypatch):
    config = json.loads((system_run / "config.json").read_text())
    (tmp_path / "config.json").write_text(
        json.dumps(config | {"system": "resnet18-unet-gan", "image_size": 32})
    )
    monkeypatch.setitem(sys.modules, "keras_hub", None)
    with pytest.raises(NegcolorError, match=r"pip install 'negcolor\[colorization\]'"):
        load_grey_converter(tmp_path)
