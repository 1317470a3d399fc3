"""JPEG, by Pillow: grey, RGB and CMYK are read, RGB is written with full color resolution."""

from io import BufferedReader
from typing import BinaryIO

import numpy as np
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from negcolor.images.decoded import Decoded, check_ratio, check_size
from negcolor.images.icc import srgb_profile
from negcolor.images.metadata import (
    Metadata,
    find_orientation,
    find_resolution,
    per_inch,
    tags_of_block,
)


def decode(file: BufferedReader) -> Decoded:
    """Decodes a JPEG; errors as in `formats.decode`."""
    file.seek(0)
    # The class itself and not Image.open, whose limits and warnings are global settings.
    with JpegImageFile(file) as image:
        width, height = image.size
        check_size(width, height)
        check_ratio(file, width * height, 512)  # 8 × 8 pixels take at least a bit
        info = image.info
        tags = tags_of_block(info.get("exif", b""))
        resolution = find_resolution(tags)
        if "jfif_density" in info:
            unit = {1: 2, 2: 3}.get(info["jfif_unit"], 0)  # JFIF's inch and centimeter to TIFF's
            resolution = per_inch(info["jfif_density"], unit) or resolution
        pixels = np.array(image)  # Pillow has turned Adobe's inverted inks around
        return Decoded(
            pixels.reshape(height, width, -1),
            {"L": "gray", "RGB": "rgb", "CMYK": "cmyk"}[image.mode],
            info.get("icc_profile"),
            find_orientation(tags),
            tags,
            resolution,
        )


def encode(file: BinaryIO, pixels: np.ndarray, metadata: Metadata) -> None:
    """Encodes a JPEG; arguments and errors as in `formats.Format.encode`."""
    options: dict[str, object] = {}
    if metadata.exif:
        options["exif"] = b"Exif\0\0" + metadata.exif
    if metadata.resolution:
        options["dpi"] = tuple(round(value) for value in metadata.resolution)
    Image.fromarray(pixels).save(
        file, "JPEG", quality=95, subsampling="4:4:4", icc_profile=srgb_profile(), **options
    )
