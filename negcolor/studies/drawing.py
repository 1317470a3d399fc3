"""The figures of studies, as small files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFont

from negcolor.images.color import from_unit
from negcolor.images.io import read
from negcolor.images.resize import downscale_to

DPI = 80
SIDE = 96  # pixels of an image in `image_rows`
GAP = 4
JPEG_QUALITY = 75


def image_rows(rows: Mapping[str, Sequence[np.ndarray | None]]) -> bytes:
    """Rows of images with their names before them, a JPEG.

    Args:
        rows: images as `color.to_unit` takes them, (H, W, 3); None for a gap.
    """
    fonts = Path(matplotlib.get_data_path(), "fonts", "ttf")
    font = ImageFont.truetype(str(fonts / "DejaVuSans.ttf"), 11)
    left = 3 * GAP + round(max(font.getlength(name) for name in rows))
    strips = []
    thumbnails = {name: [_thumbnail(image) for image in row] for name, row in rows.items()}
    pitch = GAP + max(image.width for row in thumbnails.values() for image in row)
    for name, row in thumbnails.items():
        height = max(image.height for image in row)
        strip = Image.new("RGB", (left + len(row) * pitch, height + GAP), "white")
        ImageDraw.Draw(strip).text((GAP, height // 2), name, "black", font, anchor="lm")
        for column, image in enumerate(row):
            strip.paste(image, (left + column * pitch, 0))
        strips.append(np.asarray(strip))
    file = BytesIO()
    Image.fromarray(np.concatenate(strips)).save(file, "JPEG", quality=JPEG_QUALITY)
    return file.getvalue()


def _thumbnail(image: np.ndarray | None) -> Image.Image:
    """The image with at most SIDE pixels; an empty one where there is none."""
    if image is None:
        return Image.new("RGB", (1, 1), "white")
    return Image.fromarray(from_unit(downscale_to(image, SIDE), "uint8"))


def read_if_there(file: Path) -> np.ndarray | None:
    """The image in a file, (H, W, 3); None where there is no file."""
    return read(file) if file.exists() else None


def small_png(sheet: Figure) -> bytes:
    """A drawing with few colors."""
    drawn, small = BytesIO(), BytesIO()
    sheet.savefig(drawn, format="png")
    Image.open(drawn).convert("RGB").quantize(64).save(small, "PNG", optimize=True)
    return small.getvalue()
