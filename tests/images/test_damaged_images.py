"""Images of every kind, whole and damaged: an image or one sentence, and nothing printed."""

import io
import struct
import zlib

import numpy as np
import pytest
import tifffile
from fuzz_images import mutant, outcome
from image_samples import samples
from PIL import Image

from negcolor.errors import NegcolorError
from negcolor.images.io import read, read_scan, write

SAMPLES = samples()
KINDS = {name: data for name, data in SAMPLES.items() if name != "mosaic.dng"}  # one process each


@pytest.mark.parametrize("name", SAMPLES)
def test_every_kind_is_read_without_a_word(tmp_path, name, capfd):
    (tmp_path / name).write_bytes(SAMPLES[name])
    assert outcome(tmp_path / name) == ("reason" if name == "32bit.tif" else "picture")
    assert capfd.readouterr() == ("", "")


def test_interlacing_changes_nothing(tmp_path):
    for name in ("RGB.png", "interlaced.png"):
        (tmp_path / name).write_bytes(SAMPLES[name])
    np.testing.assert_array_equal(read(tmp_path / "interlaced.png"), read(tmp_path / "RGB.png"))


@pytest.mark.filterwarnings("ignore::UserWarning:PIL.TiffImagePlugin")  # pytest undoes ours
def test_mutants_give_an_image_or_a_sentence(tmp_path, capfd):
    outcomes = set()
    for index in range(5 * len(KINDS)):
        name, data = mutant(KINDS, seed=1, index=index)
        (tmp_path / name).write_bytes(data)
        outcomes.add(outcome(tmp_path / name))
        assert capfd.readouterr() == ("", ""), (index, name)
    assert outcomes == {"picture", "reason"}


@pytest.mark.parametrize("name", ["RGB.png", "RGB.jpg", "lzw.tif", "tiles.tif", "mosaic.dng"])
@pytest.mark.parametrize("share", [0, 0.3, 0.7])
def test_truncated_images_give_a_sentence(tmp_path, name, share):
    data = SAMPLES[name]
    (tmp_path / name).write_bytes(data[: int(len(data) * share)])
    assert outcome(tmp_path / name) == "reason"


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 5000, 3), (5000, 3, 3)])
def test_unusual_sizes(tmp_path, shape, suffix, dtype):
    pixels = np.random.default_rng(1).integers(0, np.iinfo(dtype).max, shape).astype(dtype)
    write(tmp_path / f"a{suffix}", pixels)
    np.testing.assert_array_equal(read(tmp_path / f"a{suffix}"), pixels)


def test_flat_images_are_no_bombs(tmp_path):
    # Deflate comes close to the most that it can shrink.
    pixels = np.zeros((2000, 3000, 3), np.uint16)
    for suffix in (".png", ".tif"):
        write(tmp_path / f"a{suffix}", pixels)
        assert read(tmp_path / f"a{suffix}").shape == pixels.shape
    one_strip = {"compression": "zlib", "rowsperstrip": 2000}
    tifffile.imwrite(tmp_path / "b.tif", pixels, photometric="rgb", **one_strip)
    assert read(tmp_path / "b.tif").shape == pixels.shape
    image = Image.fromarray(np.zeros((6000, 6000), bool))
    for compression in ("group4", "tiff_lzw", "packbits", "tiff_adobe_deflate"):
        image.save(tmp_path / "1.tif", compression=compression)
        assert read(tmp_path / "1.tif").shape == (6000, 6000, 3)
    image.save(tmp_path / "1.png", compress_level=9)
    assert read(tmp_path / "1.png").shape == (6000, 6000, 3)
    for progressive in (False, True):
        image.convert("L").save(tmp_path / "l.jpg", quality=1, progressive=progressive)
        assert read(tmp_path / "l.jpg").shape == (6000, 6000, 3)


def test_small_files_that_claim_much_are_refused_before_memory_is_taken(tmp_path):
    # 20,000 × 20,000 is within the limit of pixels.
    png = bytearray(SAMPLES["RGB.png"])
    struct.pack_into(">II", png, 16, 20_000, 20_000)
    struct.pack_into(">I", png, 29, zlib.crc32(png[12:29]))
    jpeg = bytearray(SAMPLES["RGB.jpg"])
    struct.pack_into(">HH", jpeg, jpeg.index(b"\xff\xc0") + 5, 20_000, 20_000)
    tiff = io.BytesIO(SAMPLES["deflate.tif"])
    with tifffile.TiffFile(tiff, mode="r+") as file:
        file.pages.first.tags[256].overwrite(20_000)
        file.pages.first.tags[257].overwrite(20_000)
        tiff_data = tiff.getvalue()
    for name, data in (("a.png", png), ("a.jpg", jpeg), ("a.tif", tiff_data)):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(NegcolorError, match="too short for the size it claims"):
            read_scan(tmp_path / name)
