"""Reading and writing pictures against files that Pillow, tifffile and imagecodecs write."""

import io

import imagecodecs
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from negcolor.images.io import SUFFIXES, find_pictures, read, write

HEIGHT, WIDTH = 21, 34


@pytest.fixture(scope="module")
def rgb8() -> np.ndarray:
    return np.random.default_rng(8).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def rgb16() -> np.ndarray:
    return np.random.default_rng(16).integers(0, 65536, (HEIGHT, WIDTH, 3), dtype=np.uint16)


@pytest.fixture(scope="module")
def smooth() -> np.ndarray:
    """A picture that JPEG keeps well."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.stack([5 * x, 10 * y, 200 - 3 * x - 3 * y], axis=-1).astype(np.uint8)


def check(path, expected):
    pixels = read(path)
    assert pixels.dtype == expected.dtype
    assert pixels.flags.c_contiguous
    np.testing.assert_array_equal(pixels, expected)


def three(grey: np.ndarray) -> np.ndarray:
    return np.repeat(grey[..., None], 3, axis=2)


# Round trips ---------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("suffix", [".png", ".tif", ".TIFF"])
@settings(max_examples=25, deadline=None)
@given(height=st.integers(1, 40), width=st.integers(1, 40), seed=st.integers(0, 99))
def test_lossless_round_trip(tmp_path_factory, suffix, dtype, height, width, seed):
    path = tmp_path_factory.mktemp("round") / f"a{suffix}"
    top = np.iinfo(dtype).max
    pixels = np.random.default_rng(seed).integers(0, top + 1, (height, width, 3)).astype(dtype)
    write(path, pixels)
    check(path, pixels)


def test_views_are_written_as_they_look(tmp_path, rgb16):
    for view in (rgb16[::-1, ::2], rgb16.swapaxes(0, 1), rgb16[..., ::-1]):
        for suffix in (".png", ".tif"):
            write(tmp_path / f"view{suffix}", view, overwrite=True)
            check(tmp_path / f"view{suffix}", np.ascontiguousarray(view))


@pytest.mark.parametrize("suffix", [".jpg", ".JPEG"])
@pytest.mark.parametrize("shape", [(HEIGHT, WIDTH), (1, 1), (1, 9), (17, 1)])
def test_jpeg_round_trip_is_close(tmp_path, smooth, suffix, shape):
    pixels = smooth[: shape[0], : shape[1]]
    write(tmp_path / f"a{suffix}", pixels)
    again = read(tmp_path / f"a{suffix}")
    assert again.shape == pixels.shape
    assert again.dtype == np.uint8
    assert np.abs(again.astype(int) - pixels).max() <= 6


def test_jpeg_colour_is_not_subsampled(tmp_path, smooth):
    write(tmp_path / "a.jpg", smooth)
    with Image.open(tmp_path / "a.jpg") as image:
        assert [layer[1:3] for layer in image.layer] == [(1, 1)] * 3


def test_other_libraries_read_what_is_written(tmp_path, rgb8, rgb16):
    for pixels in (rgb8, rgb16):
        name = tmp_path / pixels.dtype.name
        write(name.with_suffix(".png"), pixels)
        write(name.with_suffix(".tif"), pixels)
        decoded = imagecodecs.png_decode(name.with_suffix(".png").read_bytes())
        np.testing.assert_array_equal(decoded, pixels)
        np.testing.assert_array_equal(tifffile.imread(name.with_suffix(".tif")), pixels)
    with Image.open(tmp_path / "uint8.png") as image:
        image.verify()
        np.testing.assert_array_equal(Image.open(tmp_path / "uint8.png"), rgb8)


def test_written_files_say_that_they_are_srgb(tmp_path, rgb8):
    for suffix in (".png", ".tif", ".jpg"):
        write(tmp_path / f"a{suffix}", rgb8)
    with Image.open(tmp_path / "a.png") as image:
        assert image.info["srgb"] == 0
    for name in ("a.tif", "a.jpg"):
        with Image.open(tmp_path / name) as image:
            assert image.info["icc_profile"][16:20] == b"RGB "


def test_content_counts_and_not_the_name(tmp_path, rgb8):
    write(tmp_path / "a.png", rgb8)
    check((tmp_path / "a.png").rename(tmp_path / "scan.tif"), rgb8)


# PNG -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_8_bit_png(tmp_path, rgb8, mode):
    image = Image.fromarray(rgb8).convert(mode)
    image.save(tmp_path / "a.png")
    check(tmp_path / "a.png", np.array(image.convert("RGB")))


@pytest.mark.parametrize("options", [{"bits": 2}, {"transparency": 1}])
def test_palette_png(tmp_path, rgb8, options):
    image = Image.fromarray(rgb8).quantize(4)
    image.save(tmp_path / "a.png", **options)
    check(tmp_path / "a.png", np.array(image.convert("RGB")))


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_16_bit_png_keeps_16_bits(tmp_path, channels):
    rng = np.random.default_rng(channels)
    pixels = rng.integers(0, 65536, (HEIGHT, WIDTH, channels), dtype=np.uint16)
    (tmp_path / "a.png").write_bytes(imagecodecs.png_encode(np.squeeze(pixels)))
    check(tmp_path / "a.png", pixels[..., :3] if channels > 2 else three(pixels[..., 0]))


def test_16_bit_grey_png_of_pillow(tmp_path, rgb16):
    Image.fromarray(rgb16[..., 0]).save(tmp_path / "a.png")
    check(tmp_path / "a.png", three(rgb16[..., 0]))


def test_alpha_is_dropped_and_the_colour_below_it_kept(tmp_path, rgb8):
    transparent = np.dstack([rgb8, np.zeros((HEIGHT, WIDTH), np.uint8)])
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
def test_rgb_tiff(tmp_path, rgb8, rgb16, options, planar, dtype, byteorder):
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


def test_grey_tiff_both_ways_round(tmp_path, rgb8, rgb16):
    for grey in (rgb8[..., 0], rgb16[..., 0]):
        tifffile.imwrite(tmp_path / "black.tif", grey, photometric="minisblack")
        check(tmp_path / "black.tif", three(grey))
        tifffile.imwrite(tmp_path / "white.tif", grey, photometric="miniswhite")
        check(tmp_path / "white.tif", three(np.iinfo(grey.dtype).max - grey))


@pytest.mark.parametrize("compression", [None, "group4"])
def test_1_bit_tiff(tmp_path, rgb8, compression):
    image = Image.fromarray(rgb8[..., 0] > 127)
    image.save(tmp_path / "a.tif", compression=compression)
    check(tmp_path / "a.tif", np.array(image.convert("RGB")))


@pytest.mark.parametrize("mode", ["P", "LA", "RGBA"])
def test_other_8_bit_tiffs_of_pillow(tmp_path, rgb8, mode):
    image = Image.fromarray(rgb8).convert(mode)
    image.save(tmp_path / "a.tif")
    check(tmp_path / "a.tif", np.array(image.convert("RGB")))


def test_16_bit_tiff_with_an_infrared_channel(tmp_path, rgb16):
    tifffile.imwrite(
        tmp_path / "a.tif",
        np.dstack([rgb16, rgb16[..., 0]]),
        photometric="rgb",
        extrasamples=["unspecified"],
    )
    check(tmp_path / "a.tif", rgb16)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_floating_point_tiff_becomes_16_bit(tmp_path, dtype):
    values = np.random.default_rng(0).random((HEIGHT, WIDTH, 3)).astype(dtype)
    values[0, :2] = [[0, 0, 0], [1, 1, 1]]
    tifffile.imwrite(tmp_path / "a.tif", values, photometric="rgb", compression="zlib")
    pixels = read(tmp_path / "a.tif")
    assert pixels.dtype == np.uint16
    np.testing.assert_allclose(pixels / 65535, values.astype(float), atol=0.51 / 65535)


def test_12_bit_tiff_uses_the_whole_range(tmp_path):
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
    tifffile.imwrite(tmp_path / "a.tif", smooth, photometric="ycbcr", compression="jpeg")
    assert np.abs(read(tmp_path / "a.tif").astype(int) - smooth).max() <= 20
    np.testing.assert_array_equal(read(tmp_path / "a.tif"), tifffile.imread(tmp_path / "a.tif"))


def test_the_first_of_several_pages_is_read(tmp_path, rgb8):
    tifffile.imwrite(tmp_path / "a.tif", np.stack([rgb8, 255 - rgb8]), photometric="rgb")
    check(tmp_path / "a.tif", rgb8)


# JPEG and CMYK without a profile -------------------------------------------------------------


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_gives_what_pillow_decodes(tmp_path, smooth, mode, progressive):
    Image.fromarray(smooth).convert(mode).save(tmp_path / "a.jpg", progressive=progressive)
    check(tmp_path / "a.jpg", np.array(Image.open(tmp_path / "a.jpg").convert("RGB")))


def test_cmyk_without_a_profile(tmp_path):
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


# Orientation ---------------------------------------------------------------------------------

UPRIGHT = {
    1: lambda a: a,
    2: np.fliplr,
    3: lambda a: np.rot90(a, 2),
    4: np.flipud,
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.rot90(a, 2).transpose(1, 0, 2),
    8: lambda a: np.rot90(a, 1),
}


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_orientation(tmp_path, rgb8, rgb16, orientation):
    upright = UPRIGHT[orientation]
    exif = Image.Exif()
    exif[305] = "a tag before and one after"
    exif[274] = orientation
    exif[315] = "nobody"
    Image.fromarray(rgb8).save(tmp_path / "a.png", exif=exif)
    check(tmp_path / "a.png", upright(rgb8))
    Image.fromarray(rgb8).save(tmp_path / "a.jpg", exif=exif)
    check(tmp_path / "a.jpg", upright(np.array(Image.open(tmp_path / "a.jpg"))))
    extratags = [(274, "H", 1, orientation, True)]
    for byteorder in "<>":
        tifffile.imwrite(
            tmp_path / "a.tif", rgb16, photometric="rgb", byteorder=byteorder, extratags=extratags
        )
        check(tmp_path / "a.tif", upright(rgb16))


def test_orientation_of_big_endian_exif(tmp_path, rgb8):
    block = b"MM\0*\0\0\0\x08" + b"\0\x01" + b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0" + bytes(4)
    Image.fromarray(rgb8).save(tmp_path / "a.png", exif=b"Exif\0\0" + block)
    check(tmp_path / "a.png", UPRIGHT[6](rgb8))


@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\x7f", b"nonsense"])
def test_damaged_exif_counts_as_none(tmp_path, rgb8, exif):
    buffer = io.BytesIO()
    Image.fromarray(rgb8).save(buffer, "JPEG", exif=exif)
    (tmp_path / "a.jpg").write_bytes(buffer.getvalue())
    check(tmp_path / "a.jpg", np.array(Image.open(buffer)))


# Folders -------------------------------------------------------------------------------------


def test_find_pictures_sorts_and_skips_what_is_no_picture(tmp_path):
    names = ["b.PNG", "a.tif", "ä.jpeg", "10.jpg", "c.Tiff"]
    for name in [*names, ".hidden.png", "notes.txt", "png", ".negcolor-1.tmp"]:
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "folder.png" / "deeper.png").touch()
    assert [path.name for path in find_pictures(tmp_path)] == sorted(names)
    assert find_pictures(str(tmp_path / "folder.png")) == [tmp_path / "folder.png" / "deeper.png"]
    assert find_pictures(tmp_path / "folder.png")[0].suffix in SUFFIXES


def test_parents_are_made_and_any_name_will_do(tmp_path, rgb8):
    path = tmp_path / "Fotos 日本" / "é'\" ✓.png"
    write(path, rgb8)
    check(path, rgb8)
    assert find_pictures(path.parent) == [path]


def test_overwriting_replaces(tmp_path, rgb8):
    write(tmp_path / "a.png", rgb8)
    write(tmp_path / "a.png", 255 - rgb8, overwrite=True)
    check(tmp_path / "a.png", 255 - rgb8)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
