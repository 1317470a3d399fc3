"""Decoding TIFF: strips and tiles, 1–16 bits and floating point, grey, palette, RGB and CMYK."""

import os
from typing import BinaryIO

import numpy as np
import tifffile
from tifffile import COMPRESSION, PHOTOMETRIC

from negcolor.errors import NegcolorError
from negcolor.images import metadata
from negcolor.images.decoded import DEFLATE_RATIO, Stored, by_channels, check_ratio, check_size
from negcolor.images.exif import read_tags

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


def decode_tiff(file: BinaryIO) -> Stored:
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
    found = (profile, metadata.orientation(tags), tags, metadata.resolution(tags))
    if space == "cmyk":
        return Stored(pixels[..., :4], "cmyk", *found)
    return by_channels(pixels, *found)


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
