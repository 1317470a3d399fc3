"""TIFF, by tifffile.

Read are strips and tiles, 1 to 16 bits and floating point, grey, palette, RGB and CMYK; written is
RGB of 8 or 16 bits, shrunk by deflate.
"""

import os
import struct
from io import BufferedReader
from typing import BinaryIO

import numpy as np
import tifffile
from tifffile import COMPRESSION, PHOTOMETRIC

from negcolor.errors import NegcolorError
from negcolor.images.decoded import DEFLATE_RATIO, Decoded, check_ratio, check_size, grey_or_rgb
from negcolor.images.exif import (
    GPS_POINTER,
    PHOTO_POINTER,
    Directory,
    directory_bytes,
    read_tags,
)
from negcolor.images.icc import srgb_profile
from negcolor.images.metadata import (
    ORIENTATION,
    Metadata,
    find_orientation,
    find_resolution,
    tags_of_block,
)

BUFFER = 2**24
"""Bytes of compressed data that are held at a time."""
SHRINKING: dict[int, int] = {
    COMPRESSION.NONE: 1,
    COMPRESSION.PACKBITS: 64,
    COMPRESSION.LZW: 2500,  # codes of 12 bits stand for at most 3838 bytes
    COMPRESSION.DEFLATE: DEFLATE_RATIO,
    COMPRESSION.ADOBE_DEFLATE: DEFLATE_RATIO,
}
"""The most by which a compression can shrink; of the others (CCITT, JPEG, …) nothing is asked."""


def decode(file: BufferedReader) -> Decoded:
    """Decodes the first page of a TIFF; errors as in `formats.decode`."""
    file.seek(0)
    with tifffile.TiffFile(file) as tiff:
        page = tiff.pages.first
        width, height = int(page.imagewidth), int(page.imagelength)  # damaged tags are tuples
        check_size(width, height)
        check_size(int(page.tilewidth), int(page.tilelength))  # 0 where there are no tiles
        if page.axes not in ("YX", "YXS", "SYX") or page.samplesperpixel > 8:
            raise NegcolorError("is a TIFF volume or has more than 8 channels: save it as RGB")
        if page.compression in SHRINKING and isinstance(page.bitspersample, int):
            bits = width * height * page.samplesperpixel * page.bitspersample
            check_ratio(file, bits // 8, SHRINKING[page.compression])
        pixels = page.asarray(maxworkers=os.cpu_count(), buffersize=BUFFER)
        if page.axes == "SYX":  # planar
            pixels = np.moveaxis(pixels, 0, -1)
        pixels, space = _by_photometric(page, pixels)
        profile = page.tags.valueof(34675)
    tags = read_tags(file)
    found = (profile, find_orientation(tags), tags, find_resolution(tags))
    if space == "cmyk":
        return Decoded(pixels[..., :4], "cmyk", *found)
    return grey_or_rgb(pixels, *found)


def _by_photometric(page: tifffile.TiffPage, pixels: np.ndarray) -> tuple[np.ndarray, str]:
    """Samples as full uint8 or uint16, 0 being black or no ink; and whether they are "cmyk"."""
    if page.photometric == PHOTOMETRIC.PALETTE:
        # Color maps are 16 bit by format and, nearly always, 8 bit by origin.
        colors = (np.asarray(page.colormap) >> 8).astype(np.uint8)
        return colors.T[pixels], "rgb"
    # tifffile hands out JPEG-compressed YCbCr as RGB, but no other.
    jpeg = page.photometric == PHOTOMETRIC.YCBCR and page.compression == COMPRESSION.JPEG
    cmyk = page.photometric == PHOTOMETRIC.SEPARATED and page.samplesperpixel >= 4
    plain = (PHOTOMETRIC.MINISWHITE, PHOTOMETRIC.MINISBLACK, PHOTOMETRIC.RGB)
    if not (jpeg or cmyk or page.photometric in plain):
        raise NegcolorError("is neither grey, RGB nor CMYK: save it as RGB")
    pixels = _to_stored_depth(pixels, page.bitspersample)
    if page.photometric == PHOTOMETRIC.MINISWHITE:
        pixels = np.iinfo(pixels.dtype).max - pixels
    return pixels, "cmyk" if cmyk else "rgb"


def _to_stored_depth(samples: np.ndarray, bits: int | tuple[int, ...]) -> np.ndarray:
    """Scales 1–16-bit integers to full uint8 or uint16, floats in [0, 1] to uint16."""
    if samples.dtype.kind == "f":
        if not (samples.min() >= 0 and samples.max() <= 1):  # false for NaN too
            raise NegcolorError("has floating-point values outside [0, 1]: rescale them")
        scaled = np.empty(samples.shape, np.uint16)
        for row, values in zip(scaled, samples, strict=True):  # the whole would take 12 bytes each
            row[:] = np.round(values.astype(np.float32) * 65535)
        return scaled
    if samples.dtype.kind not in "bu" or not isinstance(bits, int) or bits > 16:
        raise NegcolorError(f"stores {samples.dtype} samples: save it with 8 or 16 bits")
    if bits in (8, 16):
        return samples
    full = 255 if bits < 8 else 65535
    levels = np.round(np.arange(2**bits) * (full / (2**bits - 1)))
    return levels.astype(np.uint8 if bits < 8 else np.uint16)[samples.astype(np.uint16)]


def encode(file: BinaryIO, pixels: np.ndarray, metadata: Metadata) -> None:
    """Encodes a TIFF; arguments and errors as in `formats.Format.encode`."""
    tags = tags_of_block(metadata.exif or b"")
    deeper = {PHOTO_POINTER: tags.photo, GPS_POINTER: tags.gps}
    deeper = {pointer: directory for pointer, directory in deeper.items() if directory}
    extra: list[tuple[int, int, int | None, object, bool]] = [
        (tag, entry.kind, None, entry.data, True)
        for tag, entry in tags.image.items()
        if tag not in (ORIENTATION, *deeper)
    ]
    # tifffile writes no such pointers: these tags hold their places.
    extra += [(pointer - 1, 4, 1, 0, True) for pointer in deeper]
    # On the grain of a scan, higher levels take longer and save nothing; LZW makes it grow.
    tifffile.imwrite(
        file,
        pixels,
        byteorder="<",
        photometric="rgb",
        compression="zlib",
        compressionargs={"level": 1},
        predictor=True,
        maxworkers=os.cpu_count(),
        buffersize=2**24,
        iccprofile=srgb_profile(),
        software="negcolor",
        metadata=None,
        resolution=metadata.resolution,
        resolutionunit="INCH" if metadata.resolution else None,
        extratags=extra,
    )
    if deeper:
        _append_directories(file, deeper)


def _append_directories(file: BinaryIO, directories: dict[int, Directory]) -> None:
    """Puts directories at the end of a TIFF and pointers to them where tags hold their places."""
    file.seek(4)
    (first,) = struct.unpack("<I", file.read(4))
    file.seek(first)
    (count,) = struct.unpack("<H", file.read(2))
    tags = [struct.unpack("<H10x", file.read(12))[0] for _ in range(count)]
    for pointer, directory in directories.items():
        end = file.seek(0, os.SEEK_END)
        if end % 2:  # offsets are even
            end += file.write(b"\0")
        file.write(directory_bytes(directory, end))
        file.seek(first + 2 + 12 * tags.index(pointer - 1))
        file.write(struct.pack("<HHII", pointer, 4, 1, end))
