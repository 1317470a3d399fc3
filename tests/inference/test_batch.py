"""Every scan of a batch is converted, whatever happens to the others."""

import numpy as np
import pytest
import tensorflow as tf

from negcolor.errors import NegcolorError
from negcolor.images import io
from negcolor.inference.batch import BitDepth, Settings, convert_batch
from negcolor.inference.conversion import NegativeConversion
from negcolor.inference.convert import Method
from negcolor.inference.jobs import Job


def test_every_scan_becomes_its_result(box, make_network, convert, same_images):
    outcomes = convert(box, make_network())
    assert same_images(box)
    assert list(outcomes) == ["1", "2", "3", "4", "5"]
    for outcome in outcomes.values():
        assert outcome.reason is None
        assert outcome.method is Method.WHOLE
        assert outcome.megapixels == 35e-6
        assert outcome.seconds > 0


def test_without_jobs_no_network_is_loaded():
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
def test_bit_depths(tmp_path, scan, bit_depth, suffix, expected, make_network, convert):
    job = Job(tmp_path / "scan.tif", tmp_path / f"positive{suffix}")
    io.write(job.scan, np.full((8, 8, 3), np.iinfo(scan).max, scan))
    convert([job], make_network(), Settings(bit_depth=bit_depth))
    positive = io.read(job.output)
    assert positive.dtype == expected
    assert (positive == np.iinfo(expected).max).all()


def test_resolution_goes_from_the_scan_to_the_result(box, make_network, convert):
    metadata = io.Metadata(resolution=(2400.0, 1200.0))
    io.write(box[0].scan, np.zeros((5, 7, 3), "uint8"), overwrite=True, metadata=metadata)
    convert(box[:1], make_network())
    resolution = io.read_scan(box[0].output).metadata.resolution
    assert resolution == pytest.approx((2400, 1200), rel=1e-3)


def test_broken_missing_and_existing_files_stop_no_other(box, make_network, convert, same_images):
    box[0].scan.write_bytes(b"no picture")
    box[2].scan.unlink()
    box[4].output.parent.mkdir()
    box[4].output.write_bytes(b"mine")
    outcomes = convert(box, make_network())
    sentences = {"1": "1.png is not", "3": "3.png cannot be read", "5": "5.png exists already"}
    for name, outcome in outcomes.items():
        assert sentences[name] in outcome.reason if name in sentences else not outcome.reason
    assert box[4].output.read_bytes() == b"mine"
    box[4].output.unlink()
    assert same_images([box[1], box[3]])


def test_existing_files_are_replaced_on_request(box, make_network, convert, same_images):
    box[0].output.parent.mkdir()
    box[0].output.write_bytes(b"old")
    assert not convert(box[:1], make_network(), Settings(overwrite=True))["1"].reason
    assert same_images(box[:1])


def test_a_failed_write_stops_no_other(box, monkeypatch, make_network, convert, same_images):
    write = io.write

    def full(path, pixels, **options):
        if path.stem in "25":
            raise NegcolorError(f"{path} cannot be written (No space left on device)")
        write(path, pixels, **options)

    monkeypatch.setattr(io, "write", full)
    outcomes = convert(box, make_network())
    assert list(outcomes) == ["1", "2", "3", "4", "5"]
    assert {name for name, outcome in outcomes.items() if outcome.reason} == {"2", "5"}
    assert same_images([box[0], box[2], box[3]])


@pytest.mark.parametrize(
    "error", [MemoryError(), tf.errors.ResourceExhaustedError(None, None, "OOM")]
)
@pytest.mark.parametrize("place", ["run", "write"])
def test_exhausted_memory_is_a_sentence_with_the_size_and_a_remedy(
    box, monkeypatch, error, place, make_network, convert
):
    def exhausted(*arguments, **options):
        raise error

    network = make_network(exhausted if place == "run" else lambda number: None)
    if place == "write":
        monkeypatch.setattr(io, "write", exhausted)
    reason = convert(box[:1], network)["1"].reason
    assert f"{box[0].scan} (7x5 pixels) does not fit into memory by the method whole" in reason
    assert reason.endswith("give --method guided.")
    assert not box[0].output.exists()


def test_defects_are_not_hidden(box, make_network, convert):
    def defect(number):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        convert(box, make_network(defect))


def test_a_method_that_the_network_has_not_is_refused_before_the_first_scan(box, make_network):
    conversion = NegativeConversion(make_network(), Method.TILED)
    with pytest.raises(NegcolorError, match="--method tiled needs the network's layers"):
        convert_batch(box, lambda: conversion, Settings(), report=None)
    assert not box[0].output.parent.exists()


def test_a_failure_asks_whether_there_is_a_point_in_going_on(box, make_network, same_images):
    def fail(number):
        if number in (2, 4):
            raise NegcolorError(f"refused {number}")

    def check():
        if network.runs == 4:
            raise NegcolorError("the server is gone")

    network, outcomes = make_network(fail), []
    with pytest.raises(NegcolorError, match="the server is gone"):
        convert_batch(
            box,
            lambda: NegativeConversion(network, Method.WHOLE),
            Settings(),
            outcomes.append,
            check=check,
        )
    assert [outcome.job for outcome in outcomes if not outcome.reason] == [box[0], box[2]]
    assert [o.reason for o in outcomes if o.reason] == ["refused 2", "refused 4"]
    assert same_images([box[0], box[2]])


def test_what_was_written_is_shown(box, make_network, convert):
    shown = []
    box[1].scan.write_bytes(b"no picture")
    convert(
        box,
        make_network(),
        Settings(bit_depth=BitDepth.SIXTEEN),
        show=(lambda *arguments: shown.append(arguments)),
    )
    assert [job for job, _, _ in shown] == [box[0], *box[2:]]
    for job, scan, positive in shown:
        np.testing.assert_array_equal(scan, io.read(job.scan))
        np.testing.assert_array_equal(positive, io.read(job.output))
