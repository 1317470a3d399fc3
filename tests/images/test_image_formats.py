"""Reading the varieties of PNG, TIFF and JPEG that Pillow, tifffile and imagecodecs write."""

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from negcolor.images.io import read


def three(grey: np.ndarray) -> np.ndarray:
    return np.repeat(grey[..., None], 3, axis=2)


# PNG -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_8_bit_png(tmp_path, rgb8, mode, check):
    image = Image.fromarray(rgb8).convert(mode)
    image.save(tmp_path / "a.png")
    check(tmp_path / "a.png", np.array(image.convert("RGB")))


@pytest.mark.parametrize("options", [{"bits": 2}, {"transparency": 1}])
def test_palette_png(tmp_path, rgb8, options, check):
    image = Image.fromarray(rgb8).quantize(4)
    image.save(tmp_path / "a.png", **options)
    check(tmp_path / "a.png", np.array(image.convert("RGB")))


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_16_bit_png_keeps_16_bits(tmp_path, channels, check):
    rng = np.random.default_rng(channels)
    pixels = rng.integers(0, 65536, (21, 34, channels), dtype=np.uint16)
    (tmp_path / "a.png").write_bytes(imagecodecs.png_encode(np.squeeze(pixels)))
    check(tmp_path / "a.png", pixels[..., :3] if channels > 2 else three(pixels[..., 0]))


def test_what_follows_the_end_of_a_png_is_ignored(tmp_path, rgb8, check):
    (tmp_path / "a.png").write_bytes(imagecodecs.png_encode(rgb8) + b"tail")
    check(tmp_path / "a.png", rgb8)


def test_16_bit_grey_png_of_pillow(tmp_path, rgb16, check):
    Image.fromarray(rgb16[..., 0]).save(tmp_path / "a.png")
    check(tmp_path / "a.png", three(rgb16[..., 0]))


def test_alpha_is_dropped_and_the_color_below_it_kept(tmp_path, rgb8, check):
    transparent = np.dstack([rgb8, np.zeros((21, 34), np.uint8)])
    Image.fromarray(transparent).save(tmp_path / "a.png")
    Image.fromarray(transparent).save(tmp_path / "a.tif")
    check(tmp_path / "a.png", rgb8)
    check(tmp_path / "a.tif", rgb8)


# TIFF ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("planar", [False, True])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"rowsperstrip": 4},
        {"bigtiff": True},
        {"tile": (16, 16)},
        {"compression": "lzw"},
        {"compression": "lzw", "predictor": True},
        {"compression": "zlib", "predictor": True, "tile": (16, 16)},
        {"compression": "packbits"},
        {"compression": "zstd"},
    ],
)
def test_rgb_tiff(tmp_path, rgb8, rgb16, options, planar, dtype, byteorder, check):
    pixels = rgb8 if dtype == "uint8" else rgb16
    tifffile.imwrite(
        tmp_path / "a.tif",
        np.moveaxis(pixels, 2, 0) if planar else pixels,
        photometric="rgb",
        planarconfig="separate" if planar else "contig",
        byteorder=byteorder,
        **options,
    )
    check(tmp_path / "a.tif", pixels)


def test_grey_tiff_both_ways_round(tmp_path, rgb8, rgb16, check):
    for grey in (rgb8[..., 0], rgb16[..., 0]):
        tifffile.imwrite(tmp_path / "black.tif", grey, photometric="minisblack")
        check(tmp_path / "black.tif", three(grey))
        tifffile.imwrite(tmp_path / "white.tif", grey, photometric="miniswhite")
        check(tmp_path / "white.tif", three(np.iinfo(grey.dtype).max - grey))


@pytest.mark.parametrize("compression", [None, "group4"])
def test_1_bit_tiff(tmp_path, rgb8, compression, check):
    image = Image.fromarray(rgb8[..., 0] > 127)
    image.save(tmp_path / "a.tif", compression=compression)
    check(tmp_path / "a.tif", np.array(image.convert("RGB")))


@pytest.mark.parametrize("mode", ["P", "LA", "RGBA"])
def test_other_8_bit_tiffs_of_pillow(tmp_path, rgb8, mode, check):
    image = Image.fromarray(rgb8).convert(mode)
    image.save(tmp_path / "a.tif")
    check(tmp_path / "a.tif", np.array(image.convert("RGB")))


def test_16_bit_tiff_with_an_infrared_channel(tmp_path, rgb16, check):
    tifffile.imwrite(
        tmp_path / "a.tif",
        np.dstack([rgb16, rgb16[..., 0]]),
        photometric="rgb",
        extrasamples=["unspecified"],
    )
    check(tmp_path / "a.tif", rgb16)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_floating_point_tiff_becomes_16_bit(tmp_path, dtype):
    values = np.random.default_rng(0).random((21, 34, 3)).astype(dtype)
    values[0, :2] = [[0, 0, 0], [1, 1, 1]]
    tifffile.imwrite(tmp_path / "a.tif", values, photometric="rgb", compression="zlib")
    pixels = read(tmp_path / "a.tif")
    assert pixels.dtype == np.uint16
    np.testing.assert_allclose(pixels / 65535, values.astype(float), atol=0.51 / 65535)


def test_12_bit_tiff_uses_the_whole_range(tmp_path, check):
    # One strip of packed 12-bit samples, header written by tifffile for 8 bits and patched.
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((1, 3), np.uint8), photometric="minisblack")
    with tifffile.TiffFile(tmp_path / "a.tif", mode="r+") as file:
        tags = file.pages.first.tags
        offset = tags[273].value[0]
        tags[256].overwrite(2)  # 2 × 12 bit in 3 bytes
        tags[258].overwrite(12)
        file.filehandle.seek(offset)
        file.filehandle.write(bytes([0xFF, 0xF8, 0x00]))  # 4095, 2048
    check(tmp_path / "a.tif", three(np.array([[65535, 32776]], dtype=np.uint16)))


def test_jpeg_inside_tiff(tmp_path, smooth):
    tifffile.imwrite(
        tmp_path / "a.tif",
        smooth,
        photometric="rgb",  # stored as YCbCr
        subsampling=(1, 1),
        compression="jpeg",
        compressionargs={"level": 95},
    )
    assert np.abs(read(tmp_path / "a.tif").astype(int) - smooth).max() <= 6
    Image.fromarray(smooth).convert("YCbCr").save(
        tmp_path / "b.tif", compression="jpeg", quality=95
    )
    assert np.abs(read(tmp_path / "b.tif").astype(int) - smooth).max() <= 6


def test_the_first_of_several_pages_is_read(tmp_path, rgb8, check):
    tifffile.imwrite(tmp_path / "a.tif", np.stack([rgb8, 255 - rgb8]), photometric="rgb")
    check(tmp_path / "a.tif", rgb8)


# JPEG and CMYK without a profile -------------------------------------------------------------


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_gives_what_pillow_decodes(tmp_path, smooth, mode, progressive, check):
    Image.fromarray(smooth).convert(mode).save(tmp_path / "a.jpg", progressive=progressive)
    check(tmp_path / "a.jpg", np.array(Image.open(tmp_path / "a.jpg").convert("RGB")))


def test_cmyk_without_a_profile(tmp_path, check):
    # White, black ink, half black, pure cyan, magenta, yellow, cyan + half black.
    inks = [[0, 0, 0, 0], [0, 0, 0, 255], [0, 0, 0, 127], [255, 0, 0, 0], [0, 255, 0, 0]]
    inks += [[0, 0, 255, 0], [255, 0, 0, 127]]
    rgb = [[255] * 3, [0] * 3, [128] * 3, [0, 255, 255], [255, 0, 255], [255, 255, 0]]
    rgb += [[0, 128, 128]]
    inks, rgb = np.array([inks], np.uint8), np.array([rgb], np.uint8)
    tifffile.imwrite(tmp_path / "8.tif", inks, photometric="separated")
    check(tmp_path / "8.tif", rgb)
    tifffile.imwrite(tmp_path / "16.tif", inks.astype(np.uint16) * 257, photometric="separated")
    check(tmp_path / "16.tif", rgb.astype(np.uint16) * 257)
    # Patches of whole JPEG blocks; Pillow writes Adobe's marker and inverted inks.
    patches = np.repeat(np.repeat(inks, 8, axis=0), 8, axis=1)
    Image.fromarray(patches, mode="CMYK").save(tmp_path / "a.jpg", quality=100)
    assert b"Adobe" in (tmp_path / "a.jpg").read_bytes()
    assert np.abs(read(tmp_path / "a.jpg")[4, 4::8].astype(int) - rgb[0]).max() <= 2
