"""What cannot be read or written gives one sentence that names the file, and leaves no file."""

import errno
import io
import os
import struct
import subprocess
import sys
import threading

import numpy as np
import pytest
import tifffile
from image_samples import pillow, tiff
from PIL import Image

from negcolor.errors import NegcolorError
from negcolor.images import decoded
from negcolor.images import tiff as tiff_format
from negcolor.images.formats import FORMATS
from negcolor.images.io import find_images, read, write
from negcolor.images.metadata import Metadata

PIXELS = np.random.default_rng(0).integers(0, 256, (12, 17, 3), dtype=np.uint8)


def encoded(name: str, pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    FORMATS[name].encode(buffer, pixels, Metadata())
    return buffer.getvalue()


SAMPLES = {
    "png8": encoded("png", PIXELS),
    "png16": encoded("png", PIXELS.astype(np.uint16) * 257),
    "jpeg": encoded("jpeg", PIXELS),
    "jpeg_cmyk": pillow(Image.fromarray(PIXELS).convert("CMYK"), "JPEG", progressive=True),
    "tiff16": encoded("tiff", PIXELS.astype(np.uint16) * 257),
    "tiff_planar": tiff(
        np.moveaxis(PIXELS, 2, 0),
        photometric="rgb",
        planarconfig="separate",
        compression="lzw",
        rowsperstrip=3,
        byteorder=">",
    ),
}


def message(path, function=read, *args, **options) -> str:
    """The error's text: one sentence that names the file."""
    with pytest.raises(NegcolorError) as caught:
        function(path, *args, **options)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert text.endswith(".")
    assert ": " in text  # … : remedy
    assert "\n" not in text
    return text


# Reading -------------------------------------------------------------------------------------


def test_missing_empty_and_other_files(tmp_path):
    assert "No such file" in message(tmp_path / "none.png")
    assert "not a file" in message(tmp_path)
    (tmp_path / "empty.tif").touch()
    assert "empty" in message(tmp_path / "empty.tif")
    (tmp_path / "text.jpg").write_text("a letter, not a picture")
    assert "not a PNG, TIFF, JPEG or raw" in message(tmp_path / "text.jpg")
    Image.fromarray(PIXELS).save(tmp_path / "a.gif")
    assert "not a PNG, TIFF, JPEG or raw" in message(tmp_path / "a.gif")
    with pytest.raises(NegcolorError):
        read("null\0character.png")


def test_a_pipe_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    assert "not a file" in message(tmp_path / "pipe.png")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission_to_read(tmp_path):
    write(tmp_path / "a.png", PIXELS)
    (tmp_path / "a.png").chmod(0)
    assert "Permission" in message(tmp_path / "a.png")


@pytest.mark.parametrize("kind", SAMPLES)
def test_truncated_files_are_damaged(tmp_path, kind):
    data = SAMPLES[kind]
    for length in (10, 30, len(data) // 2, len(data) * 3 // 4):
        (tmp_path / "a").write_bytes(data[:length])
        message(tmp_path / "a")


@pytest.mark.filterwarnings("ignore::UserWarning:PIL.TiffImagePlugin")  # pytest undoes ours
@pytest.mark.parametrize("kind", SAMPLES)
def test_mutated_files_give_an_image_or_the_error(tmp_path, monkeypatch, kind, capfd):
    monkeypatch.setattr(decoded, "MAX_PIXELS", 10**6)
    rng = np.random.default_rng(3)
    path, outcomes = tmp_path / "mutated", set()
    for _ in range(120):
        data = bytearray(SAMPLES[kind])
        for _ in range(rng.integers(1, 5)):
            # Half of the changes hit the header, where the decisions are.
            end = len(data) if rng.random() < 0.5 else min(len(data), 150)
            data[rng.integers(4, end)] = rng.integers(256)
        if rng.random() < 0.3:
            data = data[: rng.integers(1, len(data))]
        path.write_bytes(data)
        try:
            pixels = read(path)
        except NegcolorError:
            outcomes.add("refused")
        else:
            assert pixels.dtype in (np.uint8, np.uint16)
            assert pixels.ndim == 3
            assert pixels.shape[2] == 3
            outcomes.add("read")
    assert outcomes == {"read", "refused"}
    assert capfd.readouterr() == ("", "")


def test_a_header_that_claims_too_much(tmp_path):
    header = struct.pack(">II", 100_000, 100_000)
    data = SAMPLES["png8"]
    (tmp_path / "bomb.png").write_bytes(data[:16] + header + data[24:])
    assert "100000 × 100000 pixels" in message(tmp_path / "bomb.png")
    jpeg = bytearray(SAMPLES["jpeg"])
    size = jpeg.index(b"\xff\xc0") + 5
    jpeg[size : size + 4] = b"\xff\xff\xff\xff"
    (tmp_path / "bomb.jpg").write_bytes(jpeg)
    assert "65535 × 65535 pixels" in message(tmp_path / "bomb.jpg")
    (tmp_path / "bomb.tif").write_bytes(SAMPLES["tiff16"])
    with tifffile.TiffFile(tmp_path / "bomb.tif", mode="r+") as file:
        file.pages.first.tags[256].overwrite(2**31)
    assert "pixels" in message(tmp_path / "bomb.tif")
    tifffile.imwrite(tmp_path / "tile.tif", PIXELS, photometric="rgb", tile=(16, 16))
    with tifffile.TiffFile(tmp_path / "tile.tif", mode="r+") as file:
        file.pages.first.tags[322].overwrite(2**31 // 10)
    assert "pixels" in message(tmp_path / "tile.tif")


def test_tiffs_that_are_not_read(tmp_path):
    path = tmp_path / "a.tif"
    for values in (np.array([[0.5, 255.0]]), np.array([[-0.1, 0.5]]), np.array([[np.nan, 0.5]])):
        tifffile.imwrite(path, values.astype(np.float32), photometric="minisblack")
        assert "outside [0, 1]" in message(path)
    for dtype in ("int16", "uint32", "complex64"):
        tifffile.imwrite(path, np.ones((4, 5), dtype), photometric="minisblack")
        assert dtype in message(path)
    for photometric in (5, 8):  # one ink, L* alone
        tifffile.imwrite(path, PIXELS[..., 0], photometric="minisblack")
        with tifffile.TiffFile(path, mode="r+") as file:
            file.pages.first.tags[262].overwrite(photometric)
        assert "save it as RGB" in message(path)
    tifffile.imwrite(
        path, np.zeros((4, 5, 9), np.uint8), photometric="minisblack", planarconfig="contig"
    )
    assert "channels" in message(path)
    tifffile.imwrite(path, PIXELS, photometric="rgb", subfiletype=1)
    assert "no raw file" in message(path)


def test_find_images_needs_a_folder(tmp_path):
    assert "No such file" in message(tmp_path / "none", find_images)
    (tmp_path / "file").touch()
    assert "Not a directory" in message(tmp_path / "file", find_images)


# Writing -------------------------------------------------------------------------------------


def test_what_is_no_image_is_a_value_error(tmp_path):
    for pixels in (PIXELS[..., 0], PIXELS[..., :2], PIXELS / 255, PIXELS[:0], PIXELS > 9):
        with pytest.raises(ValueError, match=r"need|at least"):
            write(tmp_path / "a.png", pixels)
    assert not list(tmp_path.iterdir())


def test_suffix_and_depth_must_fit(tmp_path):
    assert ".png" in message(tmp_path / "a.bmp", write, PIXELS)
    assert ".png" in message(tmp_path / "a", write, PIXELS)
    assert "16 bits" in message(tmp_path / "a.jpg", write, PIXELS.astype(np.uint16))
    assert not list(tmp_path.iterdir())


def test_an_existing_file_stays(tmp_path):
    (tmp_path / "a.png").write_bytes(b"precious")
    (tmp_path / "link.png").symlink_to("nowhere")
    assert "exists already" in message(tmp_path / "a.png", write, PIXELS)
    assert "exists already" in message(tmp_path / "link.png", write, PIXELS)
    assert (tmp_path / "a.png").read_bytes() == b"precious"


@pytest.mark.parametrize("hard_links", [True, False])
def test_of_many_writers_one_wins(tmp_path, monkeypatch, hard_links):
    def refuse(*_, **__):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    if not hard_links:
        monkeypatch.setattr(os, "link", refuse)
    lexists, checked = os.path.lexists, threading.local()

    def pass_the_early_check(path):
        if hasattr(checked, "once"):
            return lexists(path)
        checked.once = True
        return False

    monkeypatch.setattr(os.path, "lexists", pass_the_early_check)
    refused, barrier = [], threading.Barrier(6)

    def attempt(shade: int) -> None:
        barrier.wait()
        try:
            write(tmp_path / "a.png", np.full((8, 8, 3), shade, np.uint8))
        except NegcolorError:
            refused.append(shade)

    threads = [threading.Thread(target=attempt, args=(shade,)) for shade in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = set(range(6)) - set(refused)
    assert (read(tmp_path / "a.png") == winner).all()
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def full_disk(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def interrupted(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize("failing", [["fsync"], ["link", "rename"]])
def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch, failing):
    for function in failing:
        monkeypatch.setattr(os, function, full_disk)
    assert "No space left" in message(tmp_path / "a.png", write, PIXELS)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch, failing):
    (tmp_path / "a.png").write_bytes(b"old")
    monkeypatch.setattr(os, failing, full_disk)
    assert "No space left" in message(tmp_path / "a.png", write, PIXELS, overwrite=True)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_an_interruption_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "a.tif", PIXELS)
    assert not list(tmp_path.iterdir())


def test_a_failing_encoder_is_reported(tmp_path, monkeypatch):
    def fail(*_):
        raise RuntimeError("encoder\nfailed")

    monkeypatch.setattr(tiff_format, "encode", fail)
    assert "encoder failed" in message(tmp_path / "a.tif", write, PIXELS)
    assert not list(tmp_path.iterdir())


def test_a_file_in_the_place_of_the_folder(tmp_path):
    (tmp_path / "out").write_bytes(b"a file")
    with pytest.raises(NegcolorError, match=r"out exists already"):
        write(tmp_path / "out" / "a.png", PIXELS)
    (tmp_path / "a.png").mkdir()
    message(tmp_path / "a.png", write, PIXELS, overwrite=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_folder(tmp_path):
    tmp_path.chmod(0o500)
    assert "Permission" in message(tmp_path / "a.png", write, PIXELS)


@pytest.mark.slow
def test_nothing_is_printed_about_odd_files(tmp_path):
    (tmp_path / "a.tif").write_bytes(SAMPLES["tiff16"][:300])
    exif = b"Exif\0\0II*\0\xff\xff\xff\x7f"
    Image.fromarray(PIXELS).save(tmp_path / "a.jpg", exif=exif)
    (tmp_path / "a.png").write_bytes(SAMPLES["png8"].replace(b"sRGB\0", b"sRGB\7"))  # checksum
    program = (
        "import sys; from negcolor.images.io import read; from negcolor.errors import *\n"
        "print(read(sys.argv[1]).shape, read(sys.argv[2]).shape)\n"
        "try: read(sys.argv[3])\n"
        "except NegcolorError: print('refused')"
    )
    files = [tmp_path / name for name in ("a.jpg", "a.png", "a.tif")]
    done = subprocess.run(
        [sys.executable, "-c", program, *files], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("(12, 17, 3) (12, 17, 3)\nrefused\n", "")
