"""Every scan of a batch is converted, whatever happens to the others."""

import os
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from negcolor.atomic import PREFIX
from negcolor.errors import NegcolorError
from negcolor.images import io
from negcolor.inference.batch import BatchSummary, Outcome, convert_batch
from negcolor.inference.convert import Method
from negcolor.inference.jobs import BitDepth, Job, Settings


def test_every_scan_becomes_its_result(box, identity, convert, same_images):
    outcomes = convert(box, identity())
    assert same_images(box)
    assert list(outcomes) == ["1", "2", "3", "4", "5"]
    for outcome in outcomes.values():
        assert outcome.reason is None
        assert outcome.method is Method.WHOLE
        assert outcome.megapixels == 35e-6
        assert outcome.seconds > 0


def test_without_jobs_no_converter_is_loaded():
    convert_batch([], lambda: pytest.fail("loaded"), Settings(), report=None)


@pytest.mark.parametrize(
    ("scan", "bit_depth", "suffix", "expected"),
    [
        ("uint8", BitDepth.SAME, ".tif", "uint8"),
        ("uint16", BitDepth.SAME, ".png", "uint16"),
        ("uint8", BitDepth.SIXTEEN, ".tif", "uint16"),
        ("uint16", BitDepth.EIGHT, ".png", "uint8"),
        ("uint16", BitDepth.SAME, ".JPG", "uint8"),
        ("uint8", BitDepth.SIXTEEN, ".jpeg", "uint8"),
    ],
)
def test_bit_depths(tmp_path, scan, bit_depth, suffix, expected, identity, convert):
    job = Job(tmp_path / "scan.tif", tmp_path / f"positive{suffix}")
    io.write(job.scan, np.full((8, 8, 3), np.iinfo(scan).max, scan))
    convert([job], identity(), Settings(bit_depth=bit_depth))
    positive = io.read(job.output)
    assert positive.dtype == expected
    assert (positive == np.iinfo(expected).max).all()


def test_resolution_goes_from_the_scan_to_the_result(box, identity, convert):
    metadata = io.Metadata(resolution=(2400.0, 1200.0))
    io.write(box[0].scan, np.zeros((5, 7, 3), "uint8"), overwrite=True, metadata=metadata)
    convert(box[:1], identity())
    resolution = io.read_scan(box[0].output).metadata.resolution
    assert resolution == pytest.approx((2400, 1200), rel=1e-3)


def test_broken_missing_and_existing_files_stop_no_other(box, identity, convert, same_images):
    box[0].scan.write_bytes(b"no picture")
    box[2].scan.unlink()
    box[4].output.parent.mkdir()
    box[4].output.write_bytes(b"mine")
    outcomes = convert(box, identity())
    sentences = {"1": "1.png is not", "3": "3.png cannot be read", "5": "5.png exists already"}
    for name, outcome in outcomes.items():
        assert sentences[name] in outcome.reason if name in sentences else not outcome.reason
    assert box[4].output.read_bytes() == b"mine"
    box[4].output.unlink()
    assert same_images([box[1], box[3]])


def test_existing_files_are_replaced_on_request(box, identity, convert, same_images):
    box[0].output.parent.mkdir()
    box[0].output.write_bytes(b"old")
    assert not convert(box[:1], identity(), Settings(overwrite=True))["1"].reason
    assert same_images(box[:1])


def test_a_failed_write_stops_no_other(box, monkeypatch, identity, convert, same_images):
    write = io.write

    def full(path, pixels, **options):
        if path.stem in "25":
            raise NegcolorError(f"{path} cannot be written (No space left on device)")
        write(path, pixels, **options)

    monkeypatch.setattr(io, "write", full)
    outcomes = convert(box, identity())
    assert list(outcomes) == ["1", "2", "3", "4", "5"]
    assert {name for name, outcome in outcomes.items() if outcome.reason} == {"2", "5"}
    assert same_images([box[0], box[2], box[3]])


@pytest.mark.parametrize(
    "error", [MemoryError(), tf.errors.ResourceExhaustedError(None, None, "OOM")]
)
@pytest.mark.parametrize("place", ["run", "write"])
def test_exhausted_memory_is_a_sentence_with_the_size_and_a_remedy(
    box, monkeypatch, error, place, identity, convert
):
    def exhausted(*arguments, **options):
        raise error

    converter = identity(exhausted if place == "run" else lambda number: None)
    if place == "write":
        monkeypatch.setattr(io, "write", exhausted)
    reason = convert(box[:1], converter)["1"].reason
    assert f"{box[0].scan} (7x5 pixels) does not fit into memory by the method whole" in reason
    assert reason.endswith("give --method guided.")
    assert not box[0].output.exists()


def test_defects_are_not_hidden(box, identity, convert):
    def defect(number):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        convert(box, identity(defect))


def test_what_cannot_be_loaded_writes_nothing(box):
    def load():
        raise NegcolorError("there is no such model")

    with pytest.raises(NegcolorError, match="there is no such model"):
        convert_batch(box, load, Settings(), report=None)
    assert not box[0].output.parent.exists()


def test_a_failure_asks_whether_there_is_a_point_in_going_on(box, identity, same_images):
    def fail(number):
        if number in (2, 4):
            raise NegcolorError(f"refused {number}")

    def check():
        if converter.run.runs == 4:
            raise NegcolorError("the server is gone")

    converter, outcomes = identity(fail, check=check), []
    with pytest.raises(NegcolorError, match="the server is gone"):
        convert_batch(box, lambda: converter, Settings(), outcomes.append)
    assert [outcome.job for outcome in outcomes if not outcome.reason] == [box[0], box[2]]
    assert [o.reason for o in outcomes if o.reason] == ["refused 2", "refused 4"]
    assert same_images([box[0], box[2]])


def test_what_was_written_is_shown(box, identity, convert):
    shown = []
    box[1].scan.write_bytes(b"no picture")
    convert(
        box,
        identity(),
        Settings(bit_depth=BitDepth.SIXTEEN),
        show=(lambda *arguments: shown.append(arguments)),
    )
    assert [job for job, _, _ in shown] == [box[0], *box[2:]]
    for job, scan, positive in shown:
        np.testing.assert_array_equal(scan, io.read(job.scan))
        np.testing.assert_array_equal(positive, io.read(job.output))


def test_what_killed_processes_left_beside_the_results_is_removed(box, identity, convert):
    for folder in (box[0].output.parent, box[0].scan.parent):
        atomic_leftover = folder / f"{PREFIX}1.png"
        folder.mkdir(exist_ok=True)
        atomic_leftover.touch()
        os.utime(atomic_leftover, (1e9, 1e9))
    convert(box, identity())
    assert not (box[0].output.parent / f"{PREFIX}1.png").exists()
    assert (box[0].scan.parent / f"{PREFIX}1.png").exists()  # not ours


def test_a_summary_counts_by_method_and_adds_up():
    job = Job(Path("a.tif"), Path("out/a.tif"))
    summary = BatchSummary(skipped=2)
    assert (summary.total.images, summary.by_method, summary.out_of_gamut) == (0, {}, None)
    for seconds, pixels in ((1.5, None), (0.5, 100_000)):
        summary.add(Outcome(job, None, Method.WHOLE, 2.0, seconds, pixels))
    summary.add(Outcome(job, None, Method.GUIDED, 3.0, 4.0, 300_000))
    summary.add(Outcome(job, reason="broken"))
    assert (summary.skipped, summary.failed, summary.total[:2]) == (2, 1, (3, 7.0))
    assert summary.by_method == {"guided": (1, 3.0, 4.0), "whole": (2, 4.0, 2.0)}
    assert summary.out_of_gamut == pytest.approx(0.4 / 5)
