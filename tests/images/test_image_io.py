"""Reading and writing images: round trips, orientation, folders."""

import io

import imagecodecs
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from negcolor.images.formats import SUFFIXES
from negcolor.images.io import find_images, read, write

# Round trips ---------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("suffix", [".png", ".tif", ".TIFF"])
@settings(max_examples=25, deadline=None)
@given(height=st.integers(1, 40), width=st.integers(1, 40), seed=st.integers(0, 99))
def test_lossless_round_trip(tmp_path_factory, suffix, dtype, height, width, seed, check):
    path = tmp_path_factory.mktemp("round") / f"a{suffix}"
    top = np.iinfo(dtype).max
    pixels = np.random.default_rng(seed).integers(0, top + 1, (height, width, 3)).astype(dtype)
    write(path, pixels)
    check(path, pixels)


def test_views_are_written_as_they_look(tmp_path, rgb16, check):
    for view in (rgb16[::-1, ::2], rgb16.swapaxes(0, 1), rgb16[..., ::-1]):
        for suffix in (".png", ".tif"):
            write(tmp_path / f"view{suffix}", view, overwrite=True)
            check(tmp_path / f"view{suffix}", np.ascontiguousarray(view))


@pytest.mark.parametrize("suffix", [".jpg", ".JPEG"])
@pytest.mark.parametrize("shape", [(21, 34), (1, 1), (1, 9), (17, 1)])
def test_jpeg_round_trip_is_close(tmp_path, smooth, suffix, shape):
    pixels = smooth[: shape[0], : shape[1]]
    write(tmp_path / f"a{suffix}", pixels)
    again = read(tmp_path / f"a{suffix}")
    assert again.shape == pixels.shape
    assert again.dtype == np.uint8
    assert np.abs(again.astype(int) - pixels).max() <= 6


def test_jpeg_color_is_not_subsampled(tmp_path, smooth):
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


def test_content_counts_and_not_the_name(tmp_path, rgb8, check):
    write(tmp_path / "a.png", rgb8)
    check((tmp_path / "a.png").rename(tmp_path / "scan.tif"), rgb8)


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
def test_orientation(tmp_path, rgb8, rgb16, orientation, check):
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


def test_orientation_of_big_endian_exif(tmp_path, rgb8, check):
    block = b"MM\0*\0\0\0\x08" + b"\0\x01" + b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0" + bytes(4)
    Image.fromarray(rgb8).save(tmp_path / "a.png", exif=b"Exif\0\0" + block)
    check(tmp_path / "a.png", UPRIGHT[6](rgb8))


@pytest.mark.filterwarnings("ignore::UserWarning:PIL.TiffImagePlugin")  # pytest undoes ours
@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\x7f", b"nonsense"])
def test_damaged_exif_counts_as_none(tmp_path, rgb8, exif, check):
    buffer = io.BytesIO()
    Image.fromarray(rgb8).save(buffer, "JPEG", exif=exif)
    (tmp_path / "a.jpg").write_bytes(buffer.getvalue())
    check(tmp_path / "a.jpg", np.array(Image.open(buffer)))


# Folders -------------------------------------------------------------------------------------


def test_find_images_sorts_and_skips_what_is_no_image(tmp_path):
    names = ["b.PNG", "a.tif", "ä.jpeg", "10.jpg", "c.Tiff"]
    for name in [*names, ".hidden.png", "notes.txt", "png", ".negcolor-1.tmp"]:
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "folder.png" / "deeper.png").touch()
    assert [path.name for path in find_images(tmp_path)] == sorted(names)
    assert find_images(str(tmp_path / "folder.png")) == [tmp_path / "folder.png" / "deeper.png"]
    assert find_images(tmp_path / "folder.png")[0].suffix in SUFFIXES


def test_parents_are_made_and_any_name_will_do(tmp_path, rgb8, check):
    path = tmp_path / "Fotos 日本" / "é'\" ✓.png"
    write(path, rgb8)
    check(path, rgb8)
    assert find_images(path.parent) == [path]


def test_overwriting_replaces(tmp_path, rgb8, check):
    write(tmp_path / "a.png", rgb8)
    write(tmp_path / "a.png", 255 - rgb8, overwrite=True)
    check(tmp_path / "a.png", 255 - rgb8)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
