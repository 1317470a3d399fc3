"""Raw files against the colors that were put into their mosaic."""

import io
import subprocess

import numpy as np
import pytest
import tifffile
from image_samples import dng
from PIL import Image

from negcolor.errors import NegcolorError
from negcolor.images import decoded, libraw, raw
from negcolor.images.color import linear_to_srgb
from negcolor.images.formats import READ_SUFFIXES, SUFFIXES
from negcolor.images.io import read, read_scan

COLORS = np.array([[0.2, 0.4, 0.1], [0.6, 0.05, 0.3], [0.02, 0.01, 0.03], [0.9, 0.9, 0.9]])
LINEAR = np.repeat(np.tile(COLORS, (40, 1, 1)), 20, axis=1)  # four bars, 20 wide and 40 high


@pytest.mark.parametrize("neutral", [(0.5, 1.0, 0.75), (1.0, 0.8, 0.4)])
@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_the_colors_of_the_mosaic(tmp_path, neutral, byteorder):
    (tmp_path / "a.dng").write_bytes(dng(LINEAR, neutral, byteorder=byteorder))
    pixels = read(tmp_path / "a.dng")
    assert pixels.dtype == np.uint16
    assert pixels.shape == LINEAR.shape
    assert pixels.flags.c_contiguous
    middles = pixels[20, 10::20] / 65535
    np.testing.assert_allclose(middles, linear_to_srgb(COLORS), atol=5e-4)


def test_brightness_does_not_depend_on_the_image(tmp_path):
    for name, light in (("bright", 0.9), ("dark", 0.3), ("black", 0.01)):
        (tmp_path / f"{name}.dng").write_bytes(dng(np.full((40, 40, 3), light)))
        level = read(tmp_path / f"{name}.dng")[20, 20] / 65535
        np.testing.assert_allclose(level, linear_to_srgb(np.full(3, light)), atol=5e-4)


def test_content_counts_and_the_image_is_turned_once(tmp_path):
    turned = dng(LINEAR, extratags=[(274, "H", 1, 6, True)])
    (tmp_path / "a.tif").write_bytes(turned)
    pixels, metadata = read_scan(tmp_path / "a.tif")
    assert pixels.shape == (80, 40, 3)
    np.testing.assert_allclose(pixels[10, 20] / 65535, linear_to_srgb(COLORS[0]), atol=5e-4)
    exif = Image.Exif()
    exif.load(metadata.exif)
    assert (exif[271], exif[272], exif[274]) == ("Maker", "Camera", 1)


def test_a_sensor_without_colors(tmp_path):
    grey = np.full((40, 40), 20000, np.uint16)
    tags = [(50706, "B", 4, bytes([1, 4, 0, 0]), True), (50708, "s", 0, "Mono", True)]
    tifffile.imwrite(tmp_path / "a.dng", grey, extratags=tags, metadata=None)
    with tifffile.TiffFile(tmp_path / "a.dng", mode="r+") as file:
        file.pages.first.tags[262].overwrite(34892)  # linear raw, of one channel
    pixels = read(tmp_path / "a.dng")
    assert pixels.shape == (40, 40, 3)
    expected = linear_to_srgb(np.float64(20000 / 65535))
    np.testing.assert_allclose(pixels[20, 20] / 65535, expected, atol=5e-4)


def test_what_is_no_raw_file(tmp_path, capfd):
    image = io.BytesIO()
    tifffile.imwrite(image, np.zeros((8, 8, 3), np.uint8), photometric="rgb", subfiletype=1)
    for name, content in (
        ("a.nef", b"a letter, not a picture" * 999),
        ("a.tif", image.getvalue()),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(NegcolorError, match=f"{name} is no raw file that LibRaw knows: "):
            read(tmp_path / name)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_truncated_raw_files_are_damaged(tmp_path, share, capfd):
    data = dng(LINEAR)
    (tmp_path / "a.dng").write_bytes(data[: round(len(data) * share)])
    with pytest.raises(NegcolorError, match=r"a\.dng is (damaged or incomplete|no raw file)"):
        read(tmp_path / "a.dng")
    assert capfd.readouterr() == ("", "")


def test_a_crash_of_libraw_is_a_damaged_file(tmp_path, monkeypatch):
    (tmp_path / "crash.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr(libraw, "__file__", str(tmp_path / "crash.py"))
    (tmp_path / "a.dng").write_bytes(dng(LINEAR))
    with pytest.raises(NegcolorError, match=r"a\.dng is damaged or incomplete \(LibRaw crashed\)"):
        read(tmp_path / "a.dng")


def test_too_many_pixels_are_refused_before_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr(decoded, "MAX_PIXELS", LINEAR[..., 0].size - 1)
    (tmp_path / "a.dng").write_bytes(dng(LINEAR))
    with pytest.raises(NegcolorError, match="claims 80 × 40 pixels"):
        read(tmp_path / "a.dng")


def test_without_rawpy_the_remedy_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(raw, "find_spec", lambda _: None)
    monkeypatch.setattr(subprocess, "Popen", None)
    (tmp_path / "a.dng").write_bytes(dng(LINEAR))
    with pytest.raises(NegcolorError, match=r"a\.dng .*pip install 'negcolor\[raw\]'"):
        read(tmp_path / "a.dng")


def test_raw_suffixes_are_read_and_not_written():
    assert {
        ".dng",
        ".nef",
        ".cr2",
        ".cr3",
        ".arw",
        ".raf",
        ".orf",
    } <= READ_SUFFIXES
    assert SUFFIXES.keys() < READ_SUFFIXES
    assert all(suffix == suffix.lower() and suffix[0] == "." for suffix in READ_SUFFIXES)
