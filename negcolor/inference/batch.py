"""A box of scans: every picture in, its colour picture out, whatever happens to the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from negcolor.errors import NegcolorError
from negcolor.images import io
from negcolor.inference.colorize import colorize

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Job:
    """One scan and the file that its colour picture goes to."""

    scan: Path
    output: Path


def plan_batch(inputs: Sequence[Path], output: Path) -> list[Job]:
    """One job per picture among files and folders (one level deep).

    The output keeps the scan's name; suffixes that are not written become ".png".

    Raises:
        NegcolorError: an input does not exist, a folder holds no pictures, or two scans would
            become the same file.
    """
    jobs = [Job(scan, output / _output_name(scan)) for scan in io.gather_pictures(inputs)]
    scans: dict[Path, Path] = {}
    for job in jobs:
        if (other := scans.setdefault(job.output, job.scan)) != job.scan:
            raise NegcolorError(
                f"{other} and {job.scan} would both become {job.output}: colorize them one by one, "
                "each with an --output of its own."
            )
    return jobs


def _output_name(scan: Path) -> str:
    return scan.name if scan.suffix.lower() in io.SUFFIXES else scan.stem + ".png"


def colorize_file(job: Job, generator: keras.Model) -> None:
    """Colourises one scan in one pass, in the scan's size and bit depth.

    Raises:
        NegcolorError: the scan cannot be read, is too large for the memory, or its output exists
            already or cannot be written.
    """
    if job.output.exists():
        raise NegcolorError(f"{job.output} exists already: remove it or choose another --output.")
    scan = io.read(job.scan)
    import tensorflow as tf

    try:
        positive = colorize(scan, generator)
    except (MemoryError, tf.errors.ResourceExhaustedError) as error:
        raise NegcolorError(
            f"{job.scan} ({scan.shape[1]}x{scan.shape[0]} pixels) does not fit into memory in one "
            "pass: reduce it first."
        ) from error
    io.write(job.output, positive)
