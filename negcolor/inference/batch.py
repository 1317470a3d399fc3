"""Batches: every scan is read, converted and written, whatever happens to the others."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import numpy as np

from negcolor.atomic import remove_leftovers
from negcolor.errors import NegcolorError
from negcolor.images import io
from negcolor.inference.convert import Converted, Converter, Method
from negcolor.inference.jobs import BitDepth, Job, Settings

LARGE = 1 / 8
"""Share of the memory above which a decoded scan is large: it has the memory for itself."""

Show = Callable[[Job, np.ndarray, np.ndarray], None]
"""Takes a job, its scan and its positive, both (H, W, 3) uint8 or uint16."""


@dataclass(frozen=True)
class Outcome:
    """How a job ended: the reason why it failed, or the method that converted it.

    `seconds` are those of converting alone; reading and writing go on beside it. For
    `out_of_gamut_pixels`, see `convert.Converted`.
    """

    job: Job
    reason: str | None = None
    method: Method | None = None
    megapixels: float = 0.0
    seconds: float = 0.0
    out_of_gamut_pixels: int | None = None


class BatchSummary:
    """How a batch ended, from the outcomes of its jobs.

    Attributes:
        skipped: how many jobs were not worked on.
        failed: how many failed.
    """

    def __init__(self, skipped: int) -> None:
        self.skipped = skipped
        self.failed = 0
        self._started = time.perf_counter()
        self._converted: list[Outcome] = []

    def add(self, outcome: Outcome) -> None:
        """Counts the outcome of a job."""
        if outcome.reason is None:
            self._converted.append(outcome)
        else:
            self.failed += 1

    @property
    def total(self) -> Total:
        """Of all that was converted, with the seconds since this summary was made."""
        return _total(self._converted)._replace(seconds=time.perf_counter() - self._started)

    @property
    def by_method(self) -> dict[str, Total]:
        """Of all that was converted by each method, with the seconds of converting alone."""
        methods = sorted({str(outcome.method) for outcome in self._converted})
        return {
            method: _total([outcome for outcome in self._converted if outcome.method == method])
            for method in methods
        }

    @property
    def out_of_gamut(self) -> float | None:
        """The share of all pixels of colored images that lay outside sRGB; None without any."""
        colored = [one for one in self._converted if one.out_of_gamut_pixels is not None]
        if not colored:
            return None
        pixels = sum(outcome.out_of_gamut_pixels or 0 for outcome in colored)
        return pixels / 1e6 / _total(colored).megapixels


class Total(NamedTuple):
    """The images of several outcomes, their megapixels, and seconds."""

    images: int
    megapixels: float
    seconds: float


def _total(outcomes: Sequence[Outcome]) -> Total:
    megapixels = sum(outcome.megapixels for outcome in outcomes)
    return Total(len(outcomes), megapixels, sum(outcome.seconds for outcome in outcomes))


@dataclass(frozen=True)
class Positive:
    """A converted scan on its way to the disk."""

    job: Job
    scan: io.Scan
    converted: Converted
    method: Method
    seconds: float


def convert_batch(
    jobs: Sequence[Job],
    load: Callable[[], Converter],
    settings: Settings,
    report: Callable[[Outcome], None],
    *,
    show: Show | None = None,
) -> None:
    """Converts all scans; one that cannot be read, converted or written stops none of the others.

    The next scan is read and the last result written while one is converted, unless they are
    large (see `LARGE`). Interrupted, it finishes the file that is being written. Outputs that
    exist fail unless `settings.overwrite` is set; see `jobs.unfinished`.

    Args:
        jobs: with outputs of different names; without any, nothing is loaded.
        load: gives the converter; the first scan is being read meanwhile.
        settings: of all the jobs.
        report: called in this thread once per job that ended.
        show: called in another thread with each scan and its positive, once that is written.

    Raises:
        NegcolorError: the converter cannot be loaded, or its `check` raised after a failure.
    """
    if not jobs:
        return
    started = time.time()
    with ThreadPoolExecutor(1, "reader") as reader, ThreadPoolExecutor(1, "writer") as writer:
        ahead = _ReadAhead(reader, settings)
        ahead.start(jobs[0])
        converter = load()
        behind = _WriteBehind(writer, settings, report, show)
        try:
            for job, following in zip_longest(jobs, jobs[1:]):
                try:
                    behind.put(_convert(job, following, ahead, converter, settings))
                except NegcolorError as error:
                    report(Outcome(job, reason=str(error)))
                    converter.check()
        finally:
            behind.flush()
            for folder in {job.output.parent for job in jobs}:
                remove_leftovers(folder, before=started)


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
        job, (pixels, out_of_gamut_pixels) = positive.job, positive.converted
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
            out_of_gamut_pixels=out_of_gamut_pixels,
        )


def _convert(
    job: Job, following: Job | None, ahead: _ReadAhead, converter: Converter, settings: Settings
) -> Positive:
    scan = ahead.take(job, following)
    started = time.perf_counter()
    method = converter.choose_method(scan.pixels.shape)
    dtype = _dtype(job, scan.pixels, settings.bit_depth)
    with _memory_errors_named(job, scan.pixels, method):
        converted = converter.convert(scan.pixels, method, dtype)
    return Positive(job, scan, converted, method, time.perf_counter() - started)


def _dtype(job: Job, pixels: np.ndarray, bit_depth: BitDepth) -> np.dtype:
    wanted = pixels.dtype if bit_depth is BitDepth.SAME else np.dtype(f"uint{bit_depth}")
    return io.format_of(job.output).nearest_dtype(wanted)


def _size_on_disk(path: Path) -> int:
    """Bytes of a file, which a decoded scan has seldom fewer of; 0 if reading will fail."""
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
