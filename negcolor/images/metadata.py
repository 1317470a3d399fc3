"""The metadata that a conversion keeps: EXIF and resolution."""

import io
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from negcolor.images.exif import (
    MAX_BYTES,
    Directory,
    Entry,
    Tags,
    exif_block,
    integer,
    rational,
    read_tags,
)

ORIENTATION, X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 274, 282, 283, 296
EXIF_VERSION, COLOR_SPACE = 36864, 40961
DESCRIPTION = 270
METERS_PER_INCH = 0.0254
KEPT_OF_IMAGE = frozenset(
    {
        DESCRIPTION,
        271,  # Make
        272,  # Model
        306,  # DateTime
        315,  # Artist
        33432,  # Copyright
        18246,  # Rating
        *range(40091, 40096),  # Windows: title, comment, author, keywords, subject
    }
)
"""The other tags of this directory describe how the pixels were stored."""
DROPPED_OF_PHOTO = frozenset(
    {
        37121,  # ComponentsConfiguration: this and the next describe the old file's pixels
        37122,  # CompressedBitsPerPixel
        40962,  # PixelXDimension
        40963,  # PixelYDimension
        40965,  # Interoperability directory
        42240,  # Gamma
        41730,  # CFAPattern
        37396,  # SubjectArea: this and the next lose their meaning when the image is turned
        41492,  # SubjectLocation
        41484,  # SpatialFrequencyResponse
        41486,  # FocalPlaneXResolution
        41487,  # FocalPlaneYResolution
        41488,  # FocalPlaneResolutionUnit
        37500,  # MakerNote: its offsets break when it is moved
    }
)
WRITTEN_BY_PROGRAMS = (b"{", b"<", b"ImageJ=", b"shape=")
"""Descriptions that tell scientific readers how the old file's pixels are laid out."""


@dataclass(frozen=True)
class Metadata:
    """What is carried from a scan to the images made of it.

    Attributes:
        exif: an EXIF block (it begins with a TIFF header, not with `Exif\\0\\0`), or None. It
            describes an upright sRGB image and holds no thumbnail and no maker's notes.
        resolution: pixels per inch, horizontal and vertical, or None.
    """

    exif: bytes | None = None
    resolution: tuple[float, float] | None = None


def tags_of_block(block: bytes) -> Tags:
    """Reads an EXIF block, with or without its `Exif\\0\\0`; damage counts as not there."""
    return read_tags(io.BytesIO(block.removeprefix(b"Exif\0\0")))


def find_orientation(tags: Tags) -> int:
    """How the pixels lie: 1–8 (CIPA DC-008, tag 274), 1 where nothing is said."""
    return integer(tags.image, ORIENTATION, 1)


def per_inch(density: Iterable[float], unit: int) -> tuple[float, float] | None:
    """Resolution in pixels per inch, by TIFF's units: 2 is the inch, 3 the centimeter."""
    factor = {2: 1.0, 3: 2.54}.get(unit, 0.0)
    horizontal, vertical = (value * factor for value in density)
    sensible = 0 < horizontal < 1e6 and 0 < vertical < 1e6
    return (horizontal, vertical) if sensible else None


def find_resolution(tags: Tags) -> tuple[float, float] | None:
    """Resolution by the tags of TIFF and EXIF, in pixels per inch."""
    values = (rational(tags.image, tag) for tag in (X_RESOLUTION, Y_RESOLUTION))
    return per_inch(values, integer(tags.image, RESOLUTION_UNIT, 2))


def upright_metadata(
    tags: Tags, found_resolution: tuple[float, float] | None, turned: int
) -> Metadata:
    """Metadata for the image that was turned upright and converted to sRGB.

    Args:
        tags: as read from the file.
        found_resolution: pixels per inch of the stored rows and columns.
        turned: the orientation (1–8) that was undone; 5–8 swapped rows and columns.
    """
    if found_resolution and turned in (5, 6, 7, 8):
        found_resolution = found_resolution[::-1]
    image = {tag: entry for tag, entry in tags.image.items() if tag in KEPT_OF_IMAGE}
    if DESCRIPTION in image and image[DESCRIPTION].data.startswith(WRITTEN_BY_PROGRAMS):
        del image[DESCRIPTION]
    photo = {tag: entry for tag, entry in tags.photo.items() if tag not in DROPPED_OF_PHOTO}
    photo.pop(COLOR_SPACE, None)
    if not (image or photo or tags.gps):
        return Metadata(None, found_resolution)
    image[ORIENTATION] = _short(1)
    photo[COLOR_SPACE] = _short(1)  # sRGB
    photo.setdefault(EXIF_VERSION, Entry(7, b"0232"))
    return Metadata(exif_block(_limited(Tags(image, photo, tags.gps))), found_resolution)


def _short(value: int) -> Entry:
    return Entry(3, struct.pack("<H", value))


def _limited(tags: Tags) -> Tags:
    """Without BigTIFF's integers, and without the longest values where they are too many."""
    room = MAX_BYTES

    def shorten(directory: Directory) -> Directory:
        nonlocal room
        kept: Directory = {}
        for tag, entry in sorted(directory.items(), key=lambda item: len(item[1].data)):
            size = 12 + len(entry.data) + 1
            if entry.kind <= 12 and size <= room:
                kept[tag] = entry
                room -= size
        return kept

    return Tags(*map(shorten, tags))
