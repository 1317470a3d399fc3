"""A box of scans: every image in, its color image out, whatever happens to the others."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from negcolor.errors import NegcolorError
from negcolor.images import io
from negcolor.inference.convert import DEFAULT_MEMORY, Method
from negcolor.inference.jobs import Job

if TYPE_CHECKING:
    from negcolor.inference.conversion import Conversion

LARGE = 1 / 8
"""Share of the memory above which a decoded scan is large: it has the memory for itself."""

Show = Callable[[Job, np.ndarray, np.ndarray], None]
"""Takes a job, its scan and its positive, both (H, W, 3) uint8 or uint16."""


class BitDepth(StrEnum):
    """Bits per channel of the outputs; `SAME` keeps the scan's."""

    SAME = "same"
    EIGHT = "8"
    SIXTEEN = "16"


@dataclass(frozen=True)
class Settings:
    """How the scans of a batch are read and written; `memory` in bytes."""

    memory: int = DEFAULT_MEMORY
    bit_depth: BitDepth = BitDepth.SAME
    overwrite: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a job: a reason why it failed, or the method that converted it.

    `seconds` are those of converting alone; reading and writing go on beside it. `outside` counts
    the pixels of a colored image that sRGB could not show as they were meant.
    """

    job: Job
    reason: str | None = None
    method: Method | None = None
    megapixels: float = 0.0
    seconds: float = 0.0
    outside: int | None = None


@dataclass(frozen=True)
class Positive:
    """A converted scan on its way to the disk."""

    job: Job
    scan: io.Scan
    pixels: np.ndarray
    outside: int | None
    method: Method
    seconds: float


def convert_batch(
    jobs: Sequence[Job],
    load: Callable[[], Conversion],
    settings: Settings,
    report: Callable[[Outcome], None],
    *,
    show: Show | None = None,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Converts all scans; one that cannot be read, converted or written stops none of the others.

    The next scan is read and the last result written while one is converted, unless they are
    large (see `LARGE`). Interrupted, it finishes the file that is being written. Outputs that
    exist fail unless `settings.overwrite` is set; see `jobs.unfinished`.

    Args:
        jobs: with outputs of different names; without any, nothing is loaded.
        load: gives what converts the scans; the first one is being read meanwhile.
        settings: of all the jobs.
        report: called in this thread once per job that ended.
        show: called in another thread with each scan and its positive, once that is written.
        check: called after a failure; raises when there is no point in going on.

    Raises:
        NegcolorError: what converts cannot be loaded, cannot work as told, or `check` raised.
    """
    if not jobs:
        return
    with ThreadPoolExecutor(1, "reader") as reader, ThreadPoolExecutor(1, "writer") as writer:
        ahead = _ReadAhead(reader, settings)
        ahead.start(jobs[0])
        conversion = load()
        conversion.method((1, 1, 3))  # at all possible?
        behind = _WriteBehind(writer, settings, report, show)
        try:
            for job, following in zip_longest(jobs, jobs[1:]):
                try:
                    behind.put(_convert(job, following, ahead, conversion, settings))
                except NegcolorError as error:
                    report(Outcome(job, reason=str(error)))
                    check()
        finally:
            behind.flush()


class _ReadAhead:
    """Reads a scan in another thread before it is asked for."""

    def __init__(self, executor: Executor, settings: Settings):
        self._executor = executor
        self._limit = settings.memory * LARGE
        self._reading: dict[Job, Future[io.Scan]] = {}

    def start(self, job: Job) -> None:
        self._reading[job] = self._executor.submit(io.read_scan, job.scan)

    def take(self, job: Job, following: Job | None) -> io.Scan:
        """The job's scan; the following one is read from now on, unless one of the two is large."""
        if job not in self._reading:
            self.start(job)
        scan = self._reading.pop(job).result()
        if following and max(scan.pixels.nbytes, _size_on_disk(following.scan)) <= self._limit:
            self.start(following)
        return scan


class _WriteBehind:
    """Writes one result in another thread and reports what became of it."""

    def __init__(
        self,
        executor: Executor,
        settings: Settings,
        report: Callable[[Outcome], None],
        show: Show | None,
    ):
        self._executor = executor
        self._settings = settings
        self._report = report
        self._show = show
        self._writing: Future[Outcome] | None = None

    def put(self, positive: Positive) -> None:
        """Begins to write once the result before is written; waits for the end if it is large."""
        self.flush()
        self._writing = self._executor.submit(self._write, positive)
        if positive.scan.pixels.nbytes > self._settings.memory * LARGE:
            self.flush()

    def flush(self) -> None:
        """Waits until everything is written and reported."""
        writing, self._writing = self._writing, None
        if writing:
            self._report(writing.result())

    def _write(self, positive: Positive) -> Outcome:
        job, pixels = positive.job, positive.pixels
        try:
            with _memory_errors_named(job, pixels, positive.method):
                io.write(
                    job.output,
                    pixels,
                    overwrite=self._settings.overwrite,
                    metadata=positive.scan.metadata,
                )
        except NegcolorError as error:
            return Outcome(job, reason=str(error))
        if self._show:
            self._show(job, positive.scan.pixels, pixels)
        megapixels = pixels.shape[0] * pixels.shape[1] / 1e6
        return Outcome(
            job,
            method=positive.method,
            megapixels=megapixels,
            seconds=positive.seconds,
            outside=positive.outside,
        )


def _convert(
    job: Job, following: Job | None, ahead: _ReadAhead, conversion: Conversion, settings: Settings
) -> Positive:
    scan = ahead.take(job, following)
    started = time.perf_counter()
    method = conversion.method(scan.pixels.shape)
    dtype = _dtype(job, scan.pixels, settings.bit_depth)
    with _memory_errors_named(job, scan.pixels, method):
        pixels, outside = conversion.convert(scan.pixels, dtype)
    return Positive(job, scan, pixels, outside, method, time.perf_counter() - started)


def _dtype(job: Job, pixels: np.ndarray, bit_depth: BitDepth) -> np.dtype:
    if job.output.suffix.lower() in (".jpg", ".jpeg"):
        return np.dtype("uint8")
    return pixels.dtype if bit_depth is BitDepth.SAME else np.dtype(f"uint{bit_depth}")


def _size_on_disk(path: Path) -> int:
    """Bytes of a file, which a decoded scan has seldom fewer of; 0 if reading will print_error."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


@contextmanager
def _memory_errors_named(job: Job, pixels: np.ndarray, method: Method) -> Iterator[None]:
    """Turns the errors of exhausted memory into a sentence about the scan."""
    try:
        yield
    except Exception as error:
        if not _is_exhausted_memory(error):
            raise
        remedy = "reduce it first" if method is Method.GUIDED else "give --method guided"
        raise NegcolorError(
            f"{job.scan} ({pixels.shape[1]}x{pixels.shape[0]} pixels) does not fit into memory by "
            f"the method {method}: {remedy}."
        ) from error


def _is_exhausted_memory(error: Exception) -> bool:
    tensorflow = sys.modules.get("tensorflow")  # as long as it is not imported, it raises nothing
    if tensorflow and isinstance(error, tensorflow.errors.ResourceExhaustedError):
        return True
    return isinstance(error, MemoryError)
