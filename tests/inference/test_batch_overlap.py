"""Reading, converting and writing go on at the same time, if there is memory for it."""

import threading
import time
import weakref

import numpy as np
import pytest

from negcolor.images import io
from negcolor.inference.batch import convert_batch
from negcolor.inference.jobs import Settings

PATIENCE = 20  # seconds that a thread waits for another one before the test fails


@pytest.fixture
def events(monkeypatch):
    """Names of what was begun and ended by whom, in order, with means to wait for them."""

    class Events(list):
        changed = threading.Condition()
        during_write = staticmethod(lambda number: None)

        def add(self, event):
            with self.changed:
                self.append(event)
                self.changed.notify_all()

        def wait_for(self, event):
            with self.changed:
                assert self.changed.wait_for(lambda: event in self, PATIENCE), event

    events = Events()
    read, write = io.read_scan, io.write

    def observed_read(path):
        events.add(f"read {path.stem}")
        return read(path)

    def observed_write(path, pixels, **options):
        events.add(f"write {path.stem}")
        events.during_write(int(path.stem))
        write(path, pixels, **options)
        events.add(f"wrote {path.stem}")

    monkeypatch.setattr(io, "read_scan", observed_read)
    monkeypatch.setattr(io, "write", observed_write)
    return events


def test_the_first_scan_is_read_while_the_converter_is_loaded(box, events, identity, same_images):
    def load():
        events.wait_for("read 1")
        return identity()

    convert_batch(box[:1], load, Settings(), lambda outcome: None)
    assert same_images(box[:1])


def test_reading_converting_and_writing_overlap(box, events, identity, convert, same_images):
    def act(number):
        events.add(f"run {number}")
        if number < 5:
            events.wait_for(f"read {number + 1}")
        assert f"read {number + 2}" not in events  # one scan waits, no more

    def during_write(number):
        if number < 5:
            events.wait_for(f"run {number + 1}")
        assert f"run {number + 2}" not in events  # one result waits, no more

    events.during_write = during_write
    outcomes = convert(box, identity(act))
    assert not any(outcome.reason for outcome in outcomes.values())
    assert same_images(box)


def test_large_scans_have_the_memory_for_themselves(box, events, identity, convert):
    decoded = 5 * 7 * 3
    settings = Settings(memory=8 * decoded - 1)
    convert(box[:3], identity(lambda number: events.add(f"run {number}")), settings)
    steps = ("read", "run", "write", "wrote")
    assert events == [f"{step} {number}" for number in (1, 2, 3) for step in steps]


def test_large_scans_and_results_are_freed_before_the_next_one_is_read(
    box, monkeypatch, identity, convert
):
    read, write, arrays = io.read_scan, io.write, []

    def observed_read(path):
        assert not any(array() is not None for array in arrays)
        scan = read(path)
        arrays.append(weakref.ref(scan.pixels))
        return scan

    def observed_write(path, pixels, **options):
        arrays.append(weakref.ref(pixels))
        write(path, pixels, **options)

    monkeypatch.setattr(io, "read_scan", observed_read)
    monkeypatch.setattr(io, "write", observed_write)
    outcomes = convert(box, identity(), Settings(memory=16))
    assert not any(outcome.reason for outcome in outcomes.values())
    assert len(arrays) == 10


def test_a_file_that_must_be_a_large_scan_is_not_read_ahead(box, events, identity, convert):
    def act(number):
        time.sleep(0.1 if number == 1 else 0)  # enough for a thread to begin to read
        events.add(f"run {number}")

    io.write(
        box[1].scan,
        np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype="uint8"),
        overwrite=True,
    )
    settings = Settings(memory=8 * box[1].scan.stat().st_size - 1)
    convert(box[:2], identity(act), settings)
    assert events.index("run 1") < events.index("read 2")


def test_an_interrupt_finishes_the_file_that_is_being_written(box, events, identity, same_images):
    def interrupt(number):
        if number == 3:
            events.wait_for("write 2")
            events.add("interrupt")
            raise KeyboardInterrupt

    def during_write(number):
        if number == 2:
            events.wait_for("interrupt")

    outcomes = []
    events.during_write = during_write
    with pytest.raises(KeyboardInterrupt):
        convert_batch(
            box,
            lambda: identity(interrupt),
            Settings(),
            outcomes.append,
        )
    assert [outcome.job for outcome in outcomes] == box[:2]
    assert same_images(box[:2])
