"""One image of a whole batch: each scan beside its positive, the file's name below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from negcolor.errors import NegcolorError
from negcolor.images import io
from negcolor.images.color import from_unit, to_unit
from negcolor.images.formats import FORMATS
from negcolor.images.resize import downscale_to
from negcolor.inference.jobs import Job

SUFFIXES = FORMATS["png"].suffixes + FORMATS["jpeg"].suffixes
SIDES = (64, 240)
"""Pixels: the shortest and the longest side of the square that a thumbnail fits into."""

PIXELS = 40_000_000
"""Up to which number of pixels (120 MB) thumbnails have their longest side."""

GAP = 8  # pixels between thumbnails
FONT_SIZE = 14
PAPER, FRAME, INK = 255, 232, 64  # grey values


class ContactSheet:
    """A sheet with a place for every job, in columns; places stay grey until they are filled.

    Up to 347 images have thumbnails of 240 pixels; more images get smaller ones, so that a
    box of thousands needs hardly more memory.
    """

    def __init__(self, file: Path, jobs: Sequence[Job], overwrite: bool):
        self._file = file
        self._overwrite = overwrite
        side = math.isqrt(PIXELS // (2 * len(jobs)))
        self._side = min(max(side, SIDES[0]), SIDES[1])
        width, height = 2 * self._side + 3 * GAP, self._side + FONT_SIZE + 3 * GAP
        columns = math.ceil(math.sqrt(len(jobs) * 1.5 * height / width))  # a sheet of about 3:2
        columns = min(columns, len(jobs))
        rows = math.ceil(len(jobs) / columns)
        self._sheet = np.full((rows * height, columns * width, 3), PAPER, "uint8")
        self._places: dict[Job, tuple[int, int]] = {}  # of those that are still empty
        for number, job in enumerate(jobs):
            top, left = number // columns * height + GAP, number % columns * width + GAP
            self._places[job] = top, left
            for x in (left, left + self._side + GAP):
                self._sheet[top : top + self._side, x : x + self._side] = FRAME
            name = _label(job.scan.name, width - 2 * GAP)
            below = top + self._side + GAP
            self._sheet[below : below + name.shape[0], left : left + name.shape[1]] = name

    def add(self, job: Job, scan: np.ndarray, positive: np.ndarray) -> None:
        """Fills the place of a job.

        Args:
            job: one of the jobs of the sheet.
            scan: (H, W, 3) uint8 or uint16 sRGB.
            positive: (H, W, 3) uint8 or uint16 sRGB.
        """
        top, left = self._places.pop(job)
        for image in (scan, positive):
            thumbnail = _thumbnail(image, self._side)
            height, width = thumbnail.shape[:2]
            square = self._sheet[top : top + self._side, left : left + self._side]
            square[:] = PAPER
            y, x = (self._side - height) // 2, (self._side - width) // 2
            square[y : y + height, x : x + width] = thumbnail
            left += self._side + GAP

    def write(self) -> None:
        """Writes the sheet; places that are still empty are filled from the files first.

        Raises:
            NegcolorError: the sheet cannot be written.
        """
        for job in list(self._places):
            with suppress(NegcolorError):  # no result, or a file that has been damaged since
                positive = io.read(job.output)
                self.add(job, io.read(job.scan), positive)
        io.write(self._file, self._sheet, overwrite=self._overwrite)


def check_name(file: Path) -> None:
    """Refuses a name that no sheet can have.

    Raises:
        NegcolorError: the name does not end like that of a PNG or JPEG, or belongs to a folder.
    """
    if file.suffix.lower() not in SUFFIXES or file.is_dir():
        raise NegcolorError(f"--contact-sheet {file}: name a .png or .jpg file.")


def _thumbnail(image: np.ndarray, side: int) -> np.ndarray:
    """(h, w, 3) uint8, reduced to fit into a square; smaller images keep their size."""
    step = max(1, max(image.shape[:2]) // (4 * side))  # no float copy of a hundred megapixels
    return from_unit(downscale_to(to_unit(image[::step, ::step]), side), "uint8")


def _label(name: str, width: int) -> np.ndarray:
    """(h, w, 3) uint8: a name in one line, shortened in the middle to a width in pixels."""
    # DejaVu Sans, which comes with matplotlib, knows more alphabets than Pillow's own font.
    file = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
    font = ImageFont.truetype(str(file), FONT_SIZE)
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
    kept = len(text)
    while font.getlength(text) > width and kept > 2:
        kept -= 1
        text = text[: kept // 2] + "…" + text[-(kept // 2) :]
    label = Image.new("L", (width, FONT_SIZE + GAP), PAPER)
    ImageDraw.Draw(label).text((0, 0), text, fill=INK, font=font)
    return np.repeat(np.asarray(label)[..., np.newaxis], 3, axis=2)
