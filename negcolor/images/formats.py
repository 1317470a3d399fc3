"""Decoding PNG, TIFF and JPEG: what a file stores, before colour management and rotation.

Messages of the errors raised here lack their subject, the file, which `io.read` puts in front.
"""

import io
import logging
import struct
import warnings
import zlib
from typing import NamedTuple

import imagecodecs
import numpy as np
import tifffile
from PIL.JpegImagePlugin import JpegImageFile
from tifffile import COMPRESSION, PHOTOMETRIC

from negcolor.errors import NegcolorError

MAX_PIXELS = 500_000_000
"""An 8 × 10 inch sheet at 2400 dpi has 460 million pixels; more is a damaged or hostile header."""

# What tifffile logs and Pillow warns about odd tags would reach the terminal; what matters raises.
logging.getLogger("tifffile").setLevel(logging.CRITICAL)
warnings.filterwarnings("ignore", module=r"PIL\.TiffImagePlugin")  # Pillow's reader of EXIF


class Stored(NamedTuple):
    """A decoded file.

    pixels: (H, W, C) uint8 or uint16 with C = 1 (gray), 3 (rgb) or 4 (cmyk); 0 is black or no ink.
    space: "gray", "rgb" or "cmyk".
    profile: the embedded ICC profile or None.
    orientation: EXIF orientation 1–8, or any other number for none.
    """

    pixels: np.ndarray
    space: str
    profile: bytes | None
    orientation: int


def decode(data: bytes) -> Stored:
    """Decodes a file by its signature, whatever its name says.

    Raises:
        NegcolorError: not one of the three formats, too large, or a variety that is not read.
        Exception: whatever the decoders raise for a damaged file.
    """
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _decode_png(data)
    if data.startswith(b"\xff\xd8\xff"):
        return _decode_jpeg(data)
    if data.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return _decode_tiff(data)
    raise NegcolorError("is not a PNG, TIFF or JPEG picture: convert it to one of these")


def _decode_png(data: bytes) -> Stored:
    width, height = struct.unpack_from(">II", data, 16)
    _check_size(width, height)
    essential, profile, orientation = [data[:8]], None, 1
    position = 8
    kind = b""
    while kind != b"IEND":  # anything may follow
        length, kind = struct.unpack_from(">I4s", data, position)
        chunk = data[position : position + length + 12]  # length, kind, body, checksum
        if kind in (b"IHDR", b"PLTE", b"IDAT", b"IEND"):
            essential.append(chunk)
        elif kind == b"iCCP":  # name, 0, compression method, zlib stream
            profile = zlib.decompressobj().decompress(chunk[8:-4].partition(b"\0")[2][1:], 2**26)
        elif kind == b"eXIf":
            orientation = _exif_orientation(chunk[8:-4])
        position += len(chunk)
    # Of the other chunks none changes what is read, and libpng prints warnings about many.
    # Palettes and 1-, 2- and 4-bit greys come out as 8 bit.
    pixels = imagecodecs.png_decode(b"".join(essential))
    return _by_channels(pixels, profile, orientation)


def _decode_jpeg(data: bytes) -> Stored:
    # The class itself and not Image.open, whose limits and warnings are global settings.
    with JpegImageFile(io.BytesIO(data)) as image:
        _check_size(*image.size)
        pixels = np.array(image)  # Pillow has turned Adobe's inverted inks around
        space = {"L": "gray", "RGB": "rgb", "CMYK": "cmyk"}[image.mode]
        orientation = _exif_orientation(image.info.get("exif", b""))
        pixels = pixels.reshape(*pixels.shape[:2], -1)
        return Stored(pixels, space, image.info.get("icc_profile"), orientation)


def _decode_tiff(data: bytes) -> Stored:
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        page = file.pages.first
        _check_size(int(page.imagewidth), int(page.imagelength))  # damaged tags are tuples
        _check_size(int(page.tilewidth), int(page.tilelength))  # 0 where there are no tiles
        if page.subfiletype & 1:  # cameras' raw files are TIFFs that begin with a thumbnail
            raise NegcolorError("begins with a thumbnail, as raw files do: develop it to TIFF")
        if page.axes not in ("YX", "YXS", "SYX") or page.samplesperpixel > 8:
            raise NegcolorError("is a TIFF volume or has more than 8 channels: save it as RGB")
        pixels = page.asarray()
        if page.axes == "SYX":  # planar
            pixels = np.moveaxis(pixels, 0, -1)
        profile = page.tags.valueof(34675)
        orientation = page.tags.valueof(274, default=1)
        if page.photometric == PHOTOMETRIC.PALETTE:
            # Colour maps are 16 bit by format and, nearly always, 8 bit by origin.
            colours = (np.asarray(page.colormap) >> 8).astype(np.uint8)
            return Stored(colours.T[pixels.astype(np.intp)], "rgb", profile, orientation)
        pixels = _to_stored_depth(pixels, page.bitspersample)
        if page.photometric == PHOTOMETRIC.MINISWHITE:
            pixels = np.iinfo(pixels.dtype).max - pixels
        if page.photometric == PHOTOMETRIC.SEPARATED and page.samplesperpixel >= 4:
            return Stored(pixels[..., :4], "cmyk", profile, orientation)
        # tifffile hands out JPEG-compressed YCbCr as RGB, but no other.
        jpeg = page.photometric == PHOTOMETRIC.YCBCR and page.compression == COMPRESSION.JPEG
        if not jpeg and page.photometric not in (
            PHOTOMETRIC.MINISWHITE,
            PHOTOMETRIC.MINISBLACK,
            PHOTOMETRIC.RGB,
        ):
            raise NegcolorError("is neither grey, RGB nor CMYK: save it as RGB")
        return _by_channels(pixels, profile, orientation)


def _to_stored_depth(samples: np.ndarray, bits: int | tuple[int, ...]) -> np.ndarray:
    """Scales 1–16-bit integers to full uint8 or uint16, floats in [0, 1] to uint16."""
    if samples.dtype.kind == "f":
        if not (samples.min() >= 0 and samples.max() <= 1):  # false for NaN too
            raise NegcolorError("has floating-point values outside [0, 1]: rescale them")
        return np.round(samples.astype(np.float32) * 65535).astype(np.uint16)
    if samples.dtype.kind not in "bu" or not isinstance(bits, int) or bits > 16:
        raise NegcolorError(f"stores {samples.dtype} samples: save it with 8 or 16 bits")
    if bits in (8, 16):
        return samples
    full = 255 if bits < 8 else 65535
    scaled = np.round(samples.astype(np.float32) * (full / (2**bits - 1)))
    return scaled.astype(np.uint8 if bits < 8 else np.uint16)


def _by_channels(pixels: np.ndarray, profile: bytes | None, orientation: int) -> Stored:
    """Grey or RGB by the number of channels; what lies behind the colours is dropped."""
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    colours = 1 if pixels.shape[2] < 3 else 3
    return Stored(pixels[..., :colours], "rgb" if colours == 3 else "gray", profile, orientation)


def _exif_orientation(exif: bytes) -> int:
    """Tag 274 of the first directory of an EXIF block; damaged EXIF counts as none (1)."""
    block = exif.removeprefix(b"Exif\0\0")
    try:
        order = {b"II": "<", b"MM": ">"}[block[:2]]
        (directory,) = struct.unpack_from(order + "I", block, 4)
        (entries,) = struct.unpack_from(order + "H", block, directory)
        for entry in range(entries):
            tag, _, _, value = struct.unpack_from(order + "HHIH", block, directory + 2 + 12 * entry)
            if tag == 274:
                return value
    except (KeyError, struct.error):
        pass
    return 1


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise NegcolorError(
            f"claims {width} × {height} pixels, more than {MAX_PIXELS // 10**6} million: "
            "scan it at a lower resolution or cut it into parts"
        )
