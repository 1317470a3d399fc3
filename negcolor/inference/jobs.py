"""Which scans a batch converts, the file that each becomes, and how these are read and written."""

from __future__ import annotations

import glob
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from negcolor.errors import NegcolorError, lookup
from negcolor.images.formats import FORMATS, READ, READ_SUFFIXES, SUFFIXES
from negcolor.inference.convert import DEFAULT_MEMORY

MINIMUM_MEMORY = 2**30
"""Bytes; with less, next to nothing is left beside TensorFlow and a model."""

_PREFIXES = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


SAME = "same"
"""The file format of outputs that keep their scan's where it can be written."""

OUTPUT_SUFFIXES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {SAME: (".tif", *SUFFIXES), **{name: format.suffixes for name, format in FORMATS.items()}}
)
"""By file format: suffixes that an output may keep from its scan; the first replaces all others."""


class BitDepth(StrEnum):
    """Bits per channel of the outputs; `SAME` keeps the scan's."""

    SAME = "same"
    EIGHT = "8"
    SIXTEEN = "16"


@dataclass(frozen=True)
class Settings:
    """How the scans of a batch are read and written; `memory` in bytes.

    Raises:
        NegcolorError: there is no such format, or it has not that bit depth.
    """

    memory: int = DEFAULT_MEMORY
    format: str = SAME
    bit_depth: BitDepth = BitDepth.SAME
    overwrite: bool = False

    def __post_init__(self) -> None:
        lookup(OUTPUT_SUFFIXES, self.format, "file format")
        if self.format == SAME or self.bit_depth is BitDepth.SAME:
            return
        bits = int(self.bit_depth)
        if bits not in FORMATS[self.format].bit_depths:
            others = [name for name, format in FORMATS.items() if bits in format.bit_depths]
            raise NegcolorError(
                f"--format {self.format} does not hold {bits} bits: choose {' or '.join(others)} "
                f"for --bit-depth {bits}."
            )


@dataclass(frozen=True)
class Job:
    """One scan and the file that its color image goes to."""

    scan: Path
    output: Path


def plan_batch(
    inputs: Sequence[str | os.PathLike[str]],
    output: Path,
    format_: str = SAME,
    *,
    contact_sheet: Path | None = None,
    overwrite: bool = False,
) -> list[Job]:
    """One job per scan, in the order of the inputs; nothing is written.

    An input is a file of any suffix, a folder, which is searched to its depths for
    `READ_SUFFIXES`, or a pattern (`**` for any folders), which is read only where no such file
    exists. The tree below a folder, or below the first wildcard, is kept below `output`. Hidden
    files and folders are left out, and symbolic links to folders are not followed, unless they
    are named themselves. What lies in `output` is no scan, nor is the contact sheet.

    Args:
        inputs: at least one.
        output: folder to write into, which need not exist.
        format_: of the outputs, `SAME` or a name in `formats.FORMATS`.
        contact_sheet: file that will be drawn from the batch.
        overwrite: whether `contact_sheet` may be replaced.

    Raises:
        NegcolorError: an input has no images, two scans would become files of the same name
            (letter case and Unicode form aside), an output would replace a scan, or `output` is
            no folder that can be written into.
    """
    _check_folder(output)
    results, sheet = output.resolve(), contact_sheet and contact_sheet.resolve()
    jobs: dict[Path, Job] = {}
    for base, scan in (found for given in inputs for found in _search(Path(given))):
        file = scan.resolve()
        if file == sheet and overwrite:
            raise NegcolorError(
                f"--contact-sheet {contact_sheet} lies among the scans and --overwrite would "
                "replace it: choose another file, or remove it if it is an old sheet."
            )
        if file != sheet and not file.is_relative_to(results):
            name = scan.relative_to(base)
            if name.suffix.lower() not in OUTPUT_SUFFIXES[format_]:
                name = name.with_suffix(OUTPUT_SUFFIXES[format_][0])
            jobs.setdefault(file, Job(scan, output / name))
    if not jobs:
        raise NegcolorError(
            f"nothing is left to convert: what lies in {output} is taken for results; choose "
            "another --output."
        )
    _refuse_replaced_scans(jobs)
    _refuse_common_names(jobs.values(), contact_sheet)
    return list(jobs.values())


def unfinished(jobs: Iterable[Job]) -> list[Job]:
    """The jobs whose output does not exist yet."""
    return [job for job in jobs if not os.path.lexists(job.output)]


def _search(given: Path) -> list[tuple[Path, Path]]:
    """The scans that an input stands for, each behind the folder that its tree begins at."""
    if given.is_dir():
        scans = [(given, scan) for scan in _images_below(given)]
        if not scans:
            raise NegcolorError(f"{given} holds no pictures: name a folder of {READ} files.")
    elif os.path.lexists(given):
        scans = [(given.parent, given)]
    elif glob.has_magic(str(given)):
        scans = list(_match(given))
        if not scans:
            raise NegcolorError(f"no pictures match {given}: check the pattern.")
    else:
        raise NegcolorError(f"{given} does not exist: name scans, folders or patterns.")
    return scans


def _match(pattern: Path) -> Iterator[tuple[Path, Path]]:
    """The images that a pattern stands for, and those in the folders that it stands for."""
    base, *parts = Path(pattern.anchor), *pattern.relative_to(pattern.anchor).parts
    while not glob.has_magic(parts[0]) or os.path.lexists(base / parts[0]):
        base /= parts.pop(0)
    try:
        if ".." in parts:
            raise ValueError("'..' behind a wildcard")
        matches = sorted(base.glob(str(Path(*parts))))
    except (ValueError, OSError) as error:
        raise NegcolorError(f"{pattern} is no pattern of files ({error}): change it.") from error
    for match in matches:
        if not any(part.startswith(".") for part in match.relative_to(base).parts):
            if match.is_dir():
                yield from ((base, scan) for scan in _images_below(match))
            elif _is_image(match):
                yield base, match


def _images_below(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder, onerror=_refuse_unlisted):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from filter(_is_image, (Path(parent, name) for name in sorted(names)))


def _is_image(path: Path) -> bool:
    hidden = path.name.startswith(".")
    return not hidden and path.suffix.lower() in READ_SUFFIXES and path.is_file()


def _refuse_unlisted(error: OSError) -> None:
    raise NegcolorError(
        f"{error.filename} cannot be listed ({error.strerror}): check its permissions, or name "
        "the folders beside it."
    ) from error


def _refuse_replaced_scans(jobs: dict[Path, Job]) -> None:
    """Refuses outputs that are scans by way of symbolic links in the output folder."""
    for job in jobs.values():
        if job.output.resolve() in jobs:
            raise NegcolorError(
                f"{job.output} is a scan itself, by a symbolic link: choose another --output."
            )


def _refuse_common_names(jobs: Iterable[Job], contact_sheet: Path | None) -> None:
    """Refuses outputs that would be one file, on disks that ignore case, too."""
    sources: dict[str, Path] = {}
    for job in jobs:
        if (other := sources.setdefault(_key(job.output), job.scan)) != job.scan:
            raise NegcolorError(
                f"{other} and {job.scan} would both become {job.output}: convert them one by one, "
                "each with an --output of its own."
            )
    if contact_sheet and (scan := sources.get(_key(contact_sheet))):
        raise NegcolorError(
            f"{scan} and the contact sheet would both become {contact_sheet}: choose another "
            "--contact-sheet."
        )


def _key(path: Path) -> str:
    return unicodedata.normalize("NFC", os.path.abspath(path)).casefold()


def _check_folder(output: Path) -> None:
    """Refuses, before hours of work, a folder that nothing can be written into."""
    nearest = next(folder for folder in (output, *output.absolute().parents) if folder.exists())
    if not nearest.is_dir():
        raise NegcolorError(f"--output {output}: {nearest} is no folder; choose another one.")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise NegcolorError(f"--output {output} cannot be written into: check its permissions.")


def parse_memory(text: str) -> int:
    """Bytes of a size such as "2GiB", "1500 MB", "0.5g" or "2147483648".

    KB, MB, GB and TB are powers of 1000, KiB … TiB and the bare letters powers of 1024.

    Raises:
        NegcolorError: the text is no size, or the size is below `MINIMUM_MEMORY`.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?) *([KMGT]?)(I?B?)", text.strip(), re.I | re.ASCII)
    if not match or match[3].upper() == "I" or (match[3].upper() == "IB" and not match[2]):
        raise NegcolorError(
            f"{text!r} is no size of memory: write it as in 2GiB, 1500MB or 2147483648 (bytes)."
        )
    base = 1000 if match[2] and match[3].upper() == "B" else 1024
    size = int(float(match[1]) * base ** _PREFIXES[match[2].upper()])
    if size < MINIMUM_MEMORY:
        raise NegcolorError(f"{text} of memory is too little: give at least 1GiB.")
    return size
