"""Embedded ICC profiles against Pillow's ImageCms and closed forms."""

import io
import itertools
import struct

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from negcolor.errors import NegcolorError
from negcolor.images.color import linear_to_srgb
from negcolor.images.io import read

D65 = (0.3127, 0.3290)
ADOBE_RGB = imagecodecs.cms_profile(
    "rgb", whitepoint=D65, primaries=(0.64, 0.33, 0.21, 0.71, 0.15, 0.06), gamma=563 / 256
)
SRGB = imagecodecs.cms_profile("srgb")


def by_image_cms(image: Image.Image, profile: bytes, flags=ImageCms.Flags.NONE) -> np.ndarray:
    converted = ImageCms.profileToProfile(
        image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB", flags=flags
    )
    return np.array(converted).astype(int)


def cmyk_profile() -> bytes:
    """A printer's profile, ICC v2: one 2⁴-point table from inks to Lab of (1 − C)(1 − K)."""
    table = b""
    for inks in itertools.product((0, 1), repeat=4):  # the last channel varies fastest
        light = np.float64([(1 - ink) * (1 - inks[3]) for ink in inks[:3]])
        lightness = 100 * float(light @ (0.3, 0.6, 0.1))
        a, b = 60 * (light[0] - light[1]), 60 * (light[1] - light[2])
        table += bytes([round(lightness * 2.55), round(a + 128), round(b + 128)])
    identity = struct.pack(">9i", *np.eye(3, dtype=int).ravel() * 65536)
    curve = bytes(range(256))
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + identity + curve * 4 + table + curve * 3
    lut += bytes(-len(lut) % 4)
    name = b"desc" + bytes(4) + struct.pack(">I", 5) + b"inks\0" + bytes(11 + 67)
    name += bytes(-len(name) % 4)
    white = b"XYZ " + bytes(4) + struct.pack(">3i", 63190, 65536, 54061)
    body, tags = b"", b""
    start = 128 + 4 + 3 * 12
    for kind, data in ((b"desc", name), (b"wtpt", white), (b"A2B0", lut)):
        tags += kind + struct.pack(">II", start + len(body), len(data))
        body += data
    header = struct.pack(">I", start + len(body)) + bytes(4) + struct.pack(">I", 0x02400000)
    header += b"prtrCMYKLab " + struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    header += struct.pack(">3i", 63190, 65536, 54061) + bytes(48)
    return header + struct.pack(">I", 3) + tags + body


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_rgb_profile_gives_what_image_cms_gives(tmp_path, rgb8, suffix):
    Image.fromarray(rgb8).save(tmp_path / f"a{suffix}", icc_profile=ADOBE_RGB)
    pixels = read(tmp_path / f"a{suffix}")
    expected = by_image_cms(Image.fromarray(rgb8), ADOBE_RGB)
    assert np.abs(expected - rgb8).max() > 20  # the profile matters
    assert pixels.dtype == np.uint8
    assert np.abs(pixels - expected).max() <= 1


def test_jpeg_with_a_profile(tmp_path, rgb8):
    Image.fromarray(rgb8).save(tmp_path / "a.jpg", icc_profile=ADOBE_RGB)
    expected = by_image_cms(Image.open(tmp_path / "a.jpg"), ADOBE_RGB)
    assert np.abs(read(tmp_path / "a.jpg") - expected).max() <= 1


def test_16_bit_gives_the_8_bit_result_and_finer(tmp_path, rgb8):
    rgb16 = rgb8.astype(np.uint16) * 257
    tifffile.imwrite(tmp_path / "a.tif", rgb16, photometric="rgb", iccprofile=ADOBE_RGB)
    pixels = read(tmp_path / "a.tif")
    assert pixels.dtype == np.uint16
    exact = by_image_cms(Image.fromarray(rgb8), ADOBE_RGB, ImageCms.Flags.NOOPTIMIZE)
    assert np.abs(pixels / 257 - exact).max() <= 0.6  # rounding to 8 bits
    ramp = np.repeat(np.arange(20000, 20256, dtype=np.uint16)[None, :, None], 3, axis=2)
    tifffile.imwrite(tmp_path / "b.tif", ramp, photometric="rgb", iccprofile=ADOBE_RGB)
    assert len(np.unique(read(tmp_path / "b.tif")[..., 1])) > 200  # one value in 8 bits


def test_16_bit_png_with_a_profile(tmp_path, rgb8):
    rgb16 = rgb8.astype(np.uint16) * 257
    tifffile.imwrite(tmp_path / "a.tif", rgb16, photometric="rgb", iccprofile=ADOBE_RGB)
    Image.fromarray(rgb8).save(tmp_path / "8.png", icc_profile=ADOBE_RGB)
    data = (tmp_path / "8.png").read_bytes()
    start = data.index(b"iCCP") - 4
    (length,) = struct.unpack_from(">I", data, start)
    png16 = imagecodecs.png_encode(rgb16)
    (tmp_path / "16.png").write_bytes(png16[:33] + data[start : start + length + 12] + png16[33:])
    np.testing.assert_array_equal(read(tmp_path / "16.png"), read(tmp_path / "a.tif"))


@pytest.mark.parametrize(
    "profile", [SRGB, ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()]
)
def test_srgb_profile_changes_nothing(tmp_path, rgb8, profile):
    for pixels in (rgb8, rgb8.astype(np.uint16) * 253 + 7):
        tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="rgb", iccprofile=profile)
        np.testing.assert_array_equal(read(tmp_path / "a.tif"), pixels)


def test_grey_profile_against_the_closed_form(tmp_path):
    linear = imagecodecs.cms_profile("gray", whitepoint=D65, gamma=1.0)
    ramp = np.linspace(0, 65535, 256).round().astype(np.uint16)[None]
    tifffile.imwrite(tmp_path / "a.tif", ramp, photometric="minisblack", iccprofile=linear)
    expected = np.repeat(linear_to_srgb(ramp / 65535)[..., None], 3, axis=2)
    np.testing.assert_allclose(read(tmp_path / "a.tif") / 65535, expected, atol=1e-4)


def test_16_bit_matrix_profile_against_the_closed_form(tmp_path):
    # Swapped primaries and gamma 1: red is sRGB's green and so on, in linear light.
    swapped = imagecodecs.cms_profile(
        "rgb", whitepoint=D65, primaries=(0.30, 0.60, 0.15, 0.06, 0.64, 0.33), gamma=1.0
    )
    rgb16 = np.random.default_rng(4).integers(0, 65536, (20, 30, 3), dtype=np.uint16)
    rgb16[:10] //= 64  # shadows, where sRGB is steepest
    tifffile.imwrite(tmp_path / "a.tif", rgb16, photometric="rgb", iccprofile=swapped)
    expected = linear_to_srgb(rgb16[..., [2, 0, 1]] / 65535)
    np.testing.assert_allclose(read(tmp_path / "a.tif") / 65535, expected, atol=1.5e-3)


def test_rgb_profile_on_a_grey_image(tmp_path, rgb8):
    grey = rgb8[..., 0]
    tifffile.imwrite(tmp_path / "a.tif", grey, photometric="minisblack", iccprofile=ADOBE_RGB)
    expected = by_image_cms(Image.fromarray(grey).convert("RGB"), ADOBE_RGB)
    assert np.abs(read(tmp_path / "a.tif") - expected).max() <= 1


def test_cmyk_profile_gives_what_image_cms_gives(tmp_path):
    profile = cmyk_profile()
    inks = np.random.default_rng(2).integers(0, 256, (16, 24, 4), dtype=np.uint8)
    expected = by_image_cms(Image.fromarray(inks, mode="CMYK"), profile)
    tifffile.imwrite(tmp_path / "a.tif", inks, photometric="separated", iccprofile=profile)
    assert np.abs(read(tmp_path / "a.tif") - expected).max() <= 1
    tifffile.imwrite(tmp_path / "b.tif", inks, photometric="separated")
    assert np.abs(read(tmp_path / "b.tif") - expected).max() > 20  # the profile matters
    tifffile.imwrite(
        tmp_path / "c.tif",
        inks.astype(np.uint16) * 257,
        photometric="separated",
        iccprofile=profile,
    )
    exact = by_image_cms(Image.fromarray(inks, mode="CMYK"), profile, ImageCms.Flags.NOOPTIMIZE)
    assert np.abs(read(tmp_path / "c.tif") / 257 - exact).max() <= 0.6  # rounding to 8 bits
    Image.fromarray(inks, mode="CMYK").save(tmp_path / "a.jpg", quality=98, icc_profile=profile)
    expected = by_image_cms(Image.open(tmp_path / "a.jpg"), profile)
    assert np.abs(read(tmp_path / "a.jpg") - expected).max() <= 1


@pytest.mark.parametrize(
    "profile",
    [b"rubbish", ADOBE_RGB[:150], ADOBE_RGB[:140] + bytes(len(ADOBE_RGB) - 140), cmyk_profile()],
)
def test_unusable_profile_is_named(tmp_path, rgb8, profile):
    tifffile.imwrite(tmp_path / "a.tif", rgb8, photometric="rgb", iccprofile=profile)
    with pytest.raises(NegcolorError, match=r"a\.tif has an embedded color profile"):
        read(tmp_path / "a.tif")
