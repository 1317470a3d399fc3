"""A sheet of thumbnails, whatever the images are called and however many they are."""

from pathlib import Path

import numpy as np
import pytest

from negcolor.errors import NegcolorError
from negcolor.images import io
from negcolor.inference.contact_sheet import FRAME, PAPER, ContactSheet, check_name
from negcolor.inference.jobs import Job

RED, BLUE = (200, 30, 20), (10, 40, 180)


def jobs_of(folder, *names):
    return [Job(folder / name, folder / "out" / name) for name in names]


def plain(color, height, width, dtype="uint8"):
    scale = np.iinfo(dtype).max // 255
    return np.full((height, width, 3), np.array(color, dtype) * scale, dtype)


def drawn(folder, jobs, add=lambda sheet: None):
    sheet = ContactSheet(folder / "sheet.png", jobs, overwrite=False)
    add(sheet)
    sheet.write()
    return io.read(folder / "sheet.png")


def count(sheet, color):
    return int((sheet == np.array(color, "uint8")).all(axis=2).sum())


def test_scan_and_positive_lie_side_by_side(tmp_path):
    (job,) = jobs_of(tmp_path, "a.png")
    sheet = drawn(
        tmp_path,
        [job],
        lambda sheet: sheet.add(job, plain(RED, 480, 720), plain(BLUE, 720, 480, "uint16")),
    )
    reds, blues = (np.argwhere((sheet == color).all(axis=2)) for color in (RED, BLUE))
    assert len(reds) == len(blues) == 240 * 160
    assert reds[:, 1].max() < blues[:, 1].min()
    assert np.ptp(reds[:, 0]) == np.ptp(blues[:, 1]) == 159
    assert count(sheet[:248], (FRAME,) * 3) == 0
    below = sheet[blues[:, 0].max() + 1 :]
    assert below.min() < 128  # the name
    assert (below[:, 300:] == PAPER).all()


def test_what_was_not_added_is_read_or_stays_grey(tmp_path):
    jobs = jobs_of(tmp_path, "a.png", "b.png", "c.png")
    for job in jobs[:2]:
        io.write(job.scan, plain(RED, 240, 240))
    io.write(jobs[0].output, plain(BLUE, 240, 240))
    jobs[2].output.write_bytes(b"no picture")
    sheet = drawn(tmp_path, jobs)
    assert count(sheet, RED) == count(sheet, BLUE) == 240 * 240
    assert count(sheet, (FRAME,) * 3) // 240**2 == 2 * 2


@pytest.mark.parametrize("shape", [(1, 1), (3, 5000), (5000, 3), (241, 240), (961, 1)])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_any_shape_fits(tmp_path, shape, dtype):
    (job,) = jobs_of(tmp_path, "a.png")
    sheet = drawn(
        tmp_path, [job], lambda sheet: sheet.add(job, plain(RED, *shape, dtype), plain(BLUE, 9, 9))
    )
    assert count(sheet, RED) >= 1
    assert count(sheet, BLUE) == 81


def test_16_bits_look_like_8_bits(tmp_path):
    ramp = np.linspace(0, 255, 300).round().astype("uint8")[np.newaxis, :, np.newaxis]
    ramp = np.repeat(np.repeat(ramp, 200, axis=0), 3, axis=2)
    (job,) = jobs_of(tmp_path, "a.png")
    sheet = drawn(tmp_path, [job], lambda sheet: sheet.add(job, ramp, ramp.astype("uint16") * 257))
    left, right = sheet[8:248, 8:248], sheet[8:248, 256:496]
    assert np.abs(left.astype(int) - right).max() <= 1


@pytest.mark.parametrize(
    "name",
    [
        "Grüße 猫 Ελλάδα Москва.png",
        "e\u0301 עברית.png",
        "a\nb\tc.png",
        "x" * 250 + ".png",
        "\udcff.png",
    ],
)
def test_names_in_any_alphabet(tmp_path, name):
    sheet = drawn(tmp_path, jobs_of(tmp_path, name))
    label = sheet[8 + 240 :]
    assert label.min() < 128
    assert (label[:, :8] == PAPER).all()
    assert (label[:, -8:] == PAPER).all()


@pytest.mark.parametrize("number", [2, 36, 500, 5000])
def test_many_images_make_one_sheet_of_bounded_size(tmp_path, number):
    jobs = jobs_of(tmp_path, *(f"{n}.png" for n in range(number)))
    sheet = ContactSheet(tmp_path / "sheet.jpg", jobs, overwrite=False)
    for job in (jobs[0], jobs[-1]):
        sheet.add(job, plain(RED, 300, 300), plain(BLUE, 300, 300))
    if number < 1000:
        sheet.write()
        height, width, _ = io.read(tmp_path / "sheet.jpg").shape
        assert height < 65_000
        assert height * width < 60e6
        assert number < 10 or 0.6 < width / height < 2.4


def test_a_sheet_appears_whole_or_not_at_all(tmp_path):
    file = tmp_path / "sheet.png"
    file.write_bytes(b"mine")
    jobs = jobs_of(tmp_path, "a.png")
    with pytest.raises(NegcolorError, match=r"sheet\.png exists already"):
        ContactSheet(file, jobs, overwrite=False).write()
    assert file.read_bytes() == b"mine"
    ContactSheet(file, jobs, overwrite=True).write()
    assert io.read(file).dtype == np.uint8


@pytest.mark.parametrize("name", ["sheet.tif", "sheet", "folder.png"])
def test_names_that_a_sheet_cannot_have(tmp_path, name):
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(NegcolorError, match=r"name a \.png or \.jpg file"):
        check_name(tmp_path / name)
    check_name(Path("sheet.JPG"))
