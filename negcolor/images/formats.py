"""Decoding PNG, TIFF, JPEG and raw files: what they store, before color management and rotation.

Messages of the errors raised here lack their subject, the file, which `io.read_scan` puts in front.
"""

import logging
import os
import struct
import warnings
import zlib
from io import BufferedReader
from pathlib import Path

import imagecodecs
import numpy as np
from PIL.JpegImagePlugin import JpegImageFile

from negcolor.errors import NegcolorError
from negcolor.images import metadata, raw
from negcolor.images.decoded import DEFLATE_RATIO, Stored, by_channels, check_ratio, check_size
from negcolor.images.exif import read_tags
from negcolor.images.metadata import METERS_PER_INCH
from negcolor.images.tiff import decode_tiff

TIFF_SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

# What they log and Pillow warns about odd files would reach the terminal; what matters raises.
for name in ("tifffile", "imagecodecs"):
    logging.getLogger(name).setLevel(logging.CRITICAL)
warnings.filterwarnings("ignore", module=r"PIL\.TiffImagePlugin")  # Pillow's reader of EXIF


def decode(path: Path, file: BufferedReader) -> Stored:
    """Decodes a file by its signature; its name counts only among the kinds of TIFF.

    Args:
        path: of the file.
        file: the same, open for reading.

    Raises:
        NegcolorError: no such format, too large, or a variety that is not read.
        Exception: whatever the decoders raise for a damaged file.
    """
    start = file.read(16)
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return _decode_png(file)
    if start.startswith(b"\xff\xd8\xff"):
        return _decode_jpeg(file)
    if raw.is_raw(path, file):
        return Stored(raw.develop(path), "rgb", tags=read_tags(file))
    if start.startswith(TIFF_SIGNATURES):
        return decode_tiff(file)
    raise NegcolorError("is not a PNG, TIFF, JPEG or raw picture: convert it to one of these")


def _decode_png(file: BufferedReader) -> Stored:
    parts, found = _png_chunks(file)
    width, height, depth, color = struct.unpack_from(">IIBB", found[b"IHDR"])
    check_size(width, height)
    channels = {2: 3, 4: 2, 6: 4}.get(color, 1)
    check_ratio(file, width * height * channels * depth // 8, DEFLATE_RATIO)
    data = bytearray(sum(length for _, length in parts))
    end = 0
    for position, length in parts:
        file.seek(position)
        end += file.readinto(memoryview(data)[end : end + length])
    # Palettes and 1-, 2- and 4-bit greys come out as 8 bit.
    pixels = imagecodecs.png_decode(data)
    tags = metadata.tags_of_block(found.get(b"eXIf", b""))
    resolution = metadata.resolution(tags)
    if len(found.get(b"pHYs", b"")) == 9:
        *per_meter, unit = struct.unpack(">IIB", found[b"pHYs"])
        inches = [_per_inch_of_meter(value) for value in per_meter]
        resolution = metadata.per_inch(inches, 2 if unit == 1 else 0) or resolution
    profile = None
    if b"iCCP" in found:  # name, 0, compression method, zlib stream
        stream = found[b"iCCP"].partition(b"\0")[2][1:]
        profile = zlib.decompressobj().decompress(stream, 2**26)
    return by_channels(pixels, profile, metadata.orientation(tags), tags, resolution)


def _per_inch_of_meter(pixels: int) -> float:
    """The whole number that rounds to `pixels` per meter (300 to 11811), or the plain quotient."""
    exact = pixels * METERS_PER_INCH
    whole = round(exact)
    return float(whole) if round(whole / METERS_PER_INCH) == pixels else exact


def _png_chunks(file: BufferedReader) -> tuple[list[tuple[int, int]], dict[bytes, bytes]]:
    """Finds what makes up a PNG.

    Returns:
        Position and length of the signature and the chunks that make the image (damage to the
        others is none of libpng's business), and the bodies of the chunks that are read here.
    """
    size = file.seek(0, os.SEEK_END)
    parts, found = [(0, 8)], {}
    position, kind = 8, b""
    while kind != b"IEND":  # anything may follow
        file.seek(position)
        length, kind = struct.unpack(">I4s", file.read(8))
        whole = length + 12  # length, kind, body, checksum
        if position + whole > size:
            raise ValueError("it is too short")
        if kind in (b"IHDR", b"PLTE", b"IDAT", b"IEND"):
            parts.append((position, whole))
        if kind in (b"IHDR", b"iCCP", b"eXIf", b"pHYs"):
            found[kind] = file.read(length)
        position += whole
    return parts, found


def _decode_jpeg(file: BufferedReader) -> Stored:
    file.seek(0)
    # The class itself and not Image.open, whose limits and warnings are global settings.
    with JpegImageFile(file) as image:
        width, height = image.size
        check_size(width, height)
        check_ratio(file, width * height, 512)  # 8 × 8 pixels take at least a bit
        info = image.info
        tags = metadata.tags_of_block(info.get("exif", b""))
        resolution = metadata.resolution(tags)
        if "jfif_density" in info:
            unit = {1: 2, 2: 3}.get(info["jfif_unit"], 0)  # JFIF's inch and centimeter to TIFF's
            resolution = metadata.per_inch(info["jfif_density"], unit) or resolution
        pixels = np.array(image)  # Pillow has turned Adobe's inverted inks around
        return Stored(
            pixels.reshape(height, width, -1),
            {"L": "gray", "RGB": "rgb", "CMYK": "cmyk"}[image.mode],
            info.get("icc_profile"),
            metadata.orientation(tags),
            tags,
            resolution,
        )
