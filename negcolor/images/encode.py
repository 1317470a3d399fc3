"""Encoding sRGB images as PNG, TIFF and JPEG, with their metadata."""

import os
import struct
import zlib
from typing import BinaryIO

import imagecodecs
import numpy as np
import tifffile
from PIL import Image

from negcolor.images.exif import GPS_POINTER, PHOTO_POINTER, Directory, directory_bytes
from negcolor.images.icc import srgb_profile
from negcolor.images.metadata import METERS_PER_INCH, ORIENTATION, Metadata, tags_of_block


def encode(file: BinaryIO, suffix: str, pixels: np.ndarray, metadata: Metadata) -> None:
    """Writes an image into an empty file.

    Args:
        file: open for writing and reading, at its beginning.
        suffix: a member of `io.SUFFIXES`.
        pixels: (H, W, 3), uint8 or, except for JPEG, uint16; sRGB-encoded.

    Raises:
        OSError: the file cannot be written.
        RuntimeError: imagecodecs cannot encode the image.
    """
    if suffix == ".png":
        _encode_png(file, pixels, metadata)
    elif suffix in (".tif", ".tiff"):
        _encode_tiff(file, pixels, metadata)
    else:
        _encode_jpeg(file, pixels, metadata)


def _encode_png(file: BinaryIO, pixels: np.ndarray, metadata: Metadata) -> None:
    # Grain has no repetitions that a search could find: with these settings 24 megapixels of
    # 16 bits take 1.1 s, not 4.9 s, and are smaller.
    data = imagecodecs.png_encode(
        np.ascontiguousarray(pixels),
        level=1,
        strategy=imagecodecs.PNG.STRATEGY.RLE,
        filter=imagecodecs.PNG.FILTER.AVG,
    )
    after_header = 8 + 25  # signature and IHDR
    file.write(data[:after_header])
    file.write(_png_chunk(b"sRGB", b"\0"))  # perceptual intent (PNG specification, 11.3.2.5)
    if metadata.resolution:
        per_meter = [round(value / METERS_PER_INCH) for value in metadata.resolution]
        file.write(_png_chunk(b"pHYs", struct.pack(">IIB", *per_meter, 1)))
    if metadata.exif:
        file.write(_png_chunk(b"eXIf", metadata.exif))
    file.write(memoryview(data)[after_header:])


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)


def _encode_tiff(file: BinaryIO, pixels: np.ndarray, metadata: Metadata) -> None:
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


def _encode_jpeg(file: BinaryIO, pixels: np.ndarray, metadata: Metadata) -> None:
    options: dict[str, object] = {}
    if metadata.exif:
        options["exif"] = b"Exif\0\0" + metadata.exif
    if metadata.resolution:
        options["dpi"] = tuple(round(value) for value in metadata.resolution)
    Image.fromarray(pixels).save(
        file, "JPEG", quality=95, subsampling="4:4:4", icc_profile=srgb_profile(), **options
    )
