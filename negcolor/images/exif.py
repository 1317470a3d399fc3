"""EXIF directories: read from a TIFF file or an EXIF block, which is a TIFF without an image.

Values are kept as bytes: Pillow's EXIF classes would turn the © and the umlauts of a copyright
line into question marks, and raise nearly anything for a damaged block.

Source: TIFF 6.0, section 2, for the directories; CIPA DC-008 (Exif) for those of EXIF; the BigTIFF
proposal for 64-bit offsets.
"""

import struct
from typing import BinaryIO, NamedTuple

import numpy as np

PHOTO_POINTER, GPS_POINTER = 34665, 34853
KIND_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
KIND_SIZES |= {13: 4, 16: 8, 18: 8}  # pointers, and BigTIFF's integers
"""Bytes per value of BYTE, ASCII, SHORT, LONG, RATIONAL, …."""
MAX_ENTRIES = 1000
MAX_BYTES = 60_000
"""A JPEG's EXIF fits into 65533 bytes."""


class Entry(NamedTuple):
    """A tag's type (a key of `KIND_SIZES`) and its values, little-endian."""

    kind: int
    data: bytes


Directory = dict[int, Entry]


class Tags(NamedTuple):
    """The three directories with what photographers want to know.

    image: TIFF tags (IFD0): maker, artist, orientation, resolution.
    photo: exposure, lens and dates (the Exif IFD).
    gps: the place.
    """

    image: Directory
    photo: Directory
    gps: Directory


def read_tags(file: BinaryIO) -> Tags:
    """Reads a TIFF, a raw file of that structure, or an EXIF block (without `Exif\\0\\0`).

    Values of more than `MAX_BYTES` are left out, and what is damaged counts as not there.
    """
    try:
        file.seek(0)
        start = file.read(16)
        order = {b"II": "<", b"MM": ">"}[start[:2]]
        big = start[2:4] == struct.pack(order + "H", 43)
        (first,) = struct.unpack_from(order + ("Q" if big else "I"), start, 8 if big else 4)
    except (KeyError, struct.error, OSError):
        return Tags({}, {}, {})
    image = _read_directory(file, order, big, first)
    deeper = (
        _read_directory(file, order, big, _integer(image[pointer])) if pointer in image else {}
        for pointer in (PHOTO_POINTER, GPS_POINTER)
    )
    return Tags(image, *deeper)


def _read_directory(file: BinaryIO, order: str, big: bool, offset: int) -> Directory:
    count_format, entry_format = ("Q", "HHQ8s") if big else ("H", "HHI4s")
    count_size, entry_size = map(struct.calcsize, (order + count_format, order + entry_format))
    directory: Directory = {}
    try:
        file.seek(offset)
        (count,) = struct.unpack(order + count_format, file.read(count_size))
        table = file.read(min(count, MAX_ENTRIES) * entry_size)
        table = table[: len(table) // entry_size * entry_size]
        for tag, kind, length, value in struct.iter_unpack(order + entry_format, table):
            size = length * KIND_SIZES.get(kind, 0)
            if not 0 < size <= MAX_BYTES:
                continue
            if size > len(value):
                file.seek(*struct.unpack(order + ("Q" if big else "I"), value))
                value = file.read(size)
            if len(value) >= size:
                directory[tag] = Entry(kind, _little_endian(value[:size], kind, order))
    except (struct.error, OSError, ValueError, OverflowError):
        pass  # keeps what came before the damage
    return directory


def _little_endian(data: bytes, kind: int, order: str) -> bytes:
    unit = 4 if kind in (5, 10) else KIND_SIZES[kind]  # rationals are pairs
    return np.frombuffer(data, f"{order}u{unit}").astype(f"<u{unit}").tobytes()


def _integer(entry: Entry) -> int:
    return int.from_bytes(entry.data[: KIND_SIZES[entry.kind]], "little")


def integer(directory: Directory, tag: int, default: int) -> int:
    """The (first) value of an unsigned tag."""
    entry = directory.get(tag)
    return _integer(entry) if entry and entry.kind in (1, 3, 4) else default


def rational(directory: Directory, tag: int) -> float:
    """The (first) value of an unsigned rational; 0 where there is none."""
    entry = directory.get(tag)
    if entry is None or entry.kind != 5:
        return 0.0
    numerator, denominator = struct.unpack_from("<II", entry.data)
    return numerator / denominator if denominator else 0.0


def directory_bytes(directory: Directory, offset: int) -> bytes:
    """Serializes a directory, little-endian, to be put at an even `offset` of a file."""
    values_at = offset + 2 + 12 * len(directory) + 4
    table, values = [struct.pack("<H", len(directory))], b""
    for tag, (kind, data) in sorted(directory.items()):
        count = len(data) // KIND_SIZES[kind]
        if len(data) <= 4:
            place = data.ljust(4, b"\0")
        else:
            place = struct.pack("<I", values_at + len(values))
            values += data + bytes(len(data) % 2)
        table.append(struct.pack("<HHI4s", tag, kind, count, place))
    return b"".join([*table, bytes(4), values])  # no next directory


def exif_block(tags: Tags) -> bytes:
    """Serializes EXIF as PNG's eXIf and, after `Exif\\0\\0`, JPEG's APP1 hold it."""
    image = dict(tags.image)
    deeper = [
        (pointer, directory)
        for pointer, directory in ((PHOTO_POINTER, tags.photo), (GPS_POINTER, tags.gps))
        if directory
    ]
    image |= {pointer: Entry(4, bytes(4)) for pointer, _ in deeper}
    at = 8 + len(directory_bytes(image, 8))
    body = b""
    for pointer, directory in deeper:
        image[pointer] = Entry(4, struct.pack("<I", at + len(body)))
        body += directory_bytes(directory, at + len(body))
    return b"II*\0" + struct.pack("<I", 8) + directory_bytes(image, 8) + body
