"""Which scan becomes which file, and scans that cannot be colourised."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from negcolor.errors import NegcolorError
from negcolor.images import io
from negcolor.inference.batch import Job, colorize_file, plan_batch

SAME = SimpleNamespace(predict_on_batch=lambda batch: batch)  # stands in for a generator


@pytest.fixture
def scan(tmp_path):
    file = tmp_path / "scan.png"
    io.write(file, np.arange(5 * 7 * 3, dtype="uint8").reshape(5, 7, 3))
    return file


def test_outputs_bear_the_names_of_the_scans(tmp_path):
    scans = [tmp_path / name for name in ("a.TIF", "b.jpeg", "c.bmp", "d", "e.1.png", "ü 写.png")]
    for file in scans:
        file.touch()
    jobs = plan_batch(scans, tmp_path / "out")
    assert [job.scan for job in jobs] == scans
    names = ["a.TIF", "b.jpeg", "c.png", "d.png", "e.1.png", "ü 写.png"]
    assert [job.output for job in jobs] == [tmp_path / "out" / name for name in names]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("first", "second"), [("1/a.png", "2/a.png"), ("1/a.gif", "2/a.png")])
def test_two_scans_for_one_output_are_refused(tmp_path, first, second):
    for name in (first, second):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    with pytest.raises(NegcolorError) as caught:
        plan_batch([tmp_path / first, tmp_path / second], Path("out"))
    for part in (f"{tmp_path / first} and {tmp_path / second}", "out/a.png", "--output"):
        assert part in str(caught.value)


def test_a_scan_that_is_named_twice_is_one_job(scan):
    assert len(plan_batch([scan, scan, scan.parent], Path("out"))) == 1


def test_a_file_becomes_a_file(scan, tmp_path):
    job = Job(scan, tmp_path / "new" / "folder" / "scan.png")
    colorize_file(job, SAME)
    np.testing.assert_array_equal(io.read(job.output), io.read(scan))


def test_an_existing_output_is_kept_and_costs_no_pass(scan, tmp_path):
    output = tmp_path / "positive.png"
    output.write_bytes(b"mine")
    with pytest.raises(NegcolorError, match=r"positive\.png exists already"):
        colorize_file(Job(scan, output), generator=None)
    assert output.read_bytes() == b"mine"


@pytest.mark.parametrize(
    "error", [MemoryError(), tf.errors.ResourceExhaustedError(None, None, "OOM")]
)
def test_a_scan_too_large_for_the_memory_is_named_with_its_size(scan, tmp_path, error):
    def exhausted(batch):
        raise error

    with pytest.raises(NegcolorError, match=r"scan\.png \(7x5 pixels\) does not fit into memory"):
        colorize_file(
            Job(scan, tmp_path / "positive.png"), SimpleNamespace(predict_on_batch=exhausted)
        )
    assert not (tmp_path / "positive.png").exists()
