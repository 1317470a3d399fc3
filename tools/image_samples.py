"""Small valid images of every kind that negcolor reads, for tests and for `fuzz_images.py`."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import imagecodecs
import numpy as np
import tifffile
from PIL import Image

HEIGHT, WIDTH = 36, 52
SRGB_TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
)
"""IEC 61966-2-1, D65."""


def samples() -> dict[str, bytes]:
    """Valid files of every kind that is read, by file name."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    smooth = np.stack([4 * x, 6 * y, 200 - 2 * x - 2 * y], axis=-1)
    rgb8 = np.clip(smooth + rng.integers(-9, 10, smooth.shape), 0, 255).astype(np.uint8)
    return (
        png_samples(rgb8)
        | jpeg_samples(rgb8)
        | tiff_samples(rgb8)
        | {"mosaic.dng": dng(rgb8 / 255)}
    )


def png_samples(rgb8: np.ndarray) -> dict[str, bytes]:
    image = Image.fromarray(rgb8)
    files = {
        f"{mode}.png": pillow(image.convert(mode), "PNG")
        for mode in ("1", "L", "LA", "RGB", "RGBA")
    }
    for bits in (2, 4, 8):
        files[f"palette{bits}.png"] = pillow(image.quantize(2**bits), "PNG", bits=bits)
    files["transparent.png"] = pillow(image.quantize(9), "PNG", transparency=1)
    for channels in (1, 2, 3, 4):
        pixels = np.dstack([rgb8, rgb8[..., 0]])[..., :channels].astype(np.uint16) * 257
        files[f"deep{channels}.png"] = imagecodecs.png_encode(np.squeeze(pixels))
    files["tagged.png"] = pillow(image, "PNG", exif=exif(), dpi=(300, 300), icc_profile=profile())
    files["interlaced.png"] = interlaced_png(rgb8)
    return files


def interlaced_png(rgb8: np.ndarray) -> bytes:
    """Adam7: seven reduced images, one after the other, in unfiltered rows."""
    passes = ((0, 8, 0, 8), (0, 8, 4, 8), (4, 8, 0, 4), (0, 4, 2, 4), (2, 4, 0, 2), (0, 2, 1, 2))
    rows = b""
    for top, down, left, right in (*passes, (1, 2, 0, 1)):
        for row in rgb8[top::down, left::right]:
            rows += b"\0" + row.tobytes()
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 1)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def jpeg_samples(rgb8: np.ndarray) -> dict[str, bytes]:
    image = Image.fromarray(rgb8)
    files = {
        f"{mode}{'_progressive' * progressive}.jpg": pillow(
            image.convert(mode), "JPEG", progressive=progressive
        )
        for mode in ("L", "RGB", "CMYK")
        for progressive in (False, True)
    }
    return files | {
        "full.jpg": pillow(image, "JPEG", subsampling=0, quality=95),
        "restart.jpg": pillow(image, "JPEG", restart_marker_blocks=2),
        "exif.jpg": pillow(image, "JPEG", exif=exif(), dpi=(300, 300), icc_profile=profile()),
    }


def tiff_samples(rgb8: np.ndarray) -> dict[str, bytes]:
    grey8, rgb16 = rgb8[..., 0], rgb8.astype(np.uint16) * 257
    cmyk = np.dstack([255 - rgb8, rgb8[..., 0] // 4])
    planes = {"planarconfig": "separate", "photometric": "rgb"}
    files = {
        "strips.tif": tiff(rgb8, rowsperstrip=5),
        "tiles.tif": tiff(rgb16, tile=(16, 32), compression="zlib", predictor=True),
        "lzw.tif": tiff(rgb16, compression="lzw", predictor=True, rowsperstrip=7),
        "deflate.tif": tiff(rgb16, compression="zlib", predictor=True, byteorder=">"),
        "packbits.tif": tiff(rgb8, compression="packbits"),
        "zstd.tif": tiff(rgb8, compression="zstd"),
        "lzma.tif": tiff(rgb8, compression="lzma"),
        "jpeg.tif": tiff(rgb8, compression="jpeg", rowsperstrip=16),
        "webp.tif": tiff(rgb8, compression="webp"),
        "jpeg2000.tif": tiff(rgb8, compression="jpeg2000"),
        "jpegxl.tif": tiff(rgb8, compression="jpegxl"),
        "planar.tif": tiff(np.moveaxis(rgb8, 2, 0), compression="lzw", rowsperstrip=9, **planes),
        "planar_tiles.tif": tiff(np.moveaxis(rgb16, 2, 0), tile=(16, 16), byteorder=">", **planes),
        "infrared.tif": tiff(np.dstack([rgb16, rgb16[..., 0]]), extrasamples=["unspecified"]),
        "big.tif": tiff(rgb16, bigtiff=True, compression="zlib"),
        "big_endian.tif": tiff(rgb16, byteorder=">", rowsperstrip=4),
        "grey.tif": tiff(grey8, photometric="minisblack", compression="lzw"),
        "white.tif": tiff(grey8.astype(np.uint16) * 257, photometric="miniswhite"),
        "12bit.tif": twelve_bit_tiff(grey8),
        "32bit.tif": tiff(rgb8.astype(np.uint32), compression="zlib"),
        "float.tif": tiff((rgb8 / 255).astype(np.float32), compression="zlib", predictor=True),
        "half.tif": tiff((rgb8 / 255).astype(np.float16)),
        "double.tif": tiff(rgb8 / 255, compression="zlib"),
        "cmyk.tif": tiff(cmyk, photometric="separated", compression="lzw"),
        "pages.tif": tiff(np.stack([rgb8, 255 - rgb8]), compression="lzw"),
        "profile.tif": tiff(rgb16, iccprofile=profile(), resolution=(300, 300)),
        "row.tif": tiff(rgb16[:1]),
    }
    image = Image.fromarray(rgb8)
    for name, compression in (("palette", None), ("1", None), ("1", "group3"), ("1", "group4")):
        sample = image.quantize(16) if name == "palette" else image.convert(name)
        files[f"{name}_{compression}.tif"] = pillow(sample, "TIFF", compression=compression)
    return files


def twelve_bit_tiff(grey8: np.ndarray) -> bytes:
    """Packed 12-bit samples under a header of tifffile's, which writes no such files itself."""
    packed = imagecodecs.packints_encode(grey8.astype(np.uint16).ravel() * 16, 12)
    file = io.BytesIO(tiff(np.frombuffer(packed, np.uint8).reshape(HEIGHT, -1)))
    with tifffile.TiffFile(file, mode="r+") as written:
        written.pages.first.tags[256].overwrite(WIDTH)
        written.pages.first.tags[258].overwrite(12)
        return file.getvalue()


def dng(linear: np.ndarray, neutral: tuple[float, ...] = (0.5, 1.0, 0.75), **options: Any) -> bytes:
    """A mosaic (RGGB) with the least tags that LibRaw asks for.

    Args:
        linear: (H, W, 3) linear light in [0, 1], sRGB primaries.
        neutral: what the camera records of a white, in [0, 1].
        options: of `tifffile.imwrite`, and more tags as `extratags`.
    """
    recorded = np.round(linear * neutral * 65535).astype(np.uint16)
    mosaic = recorded[..., 1].copy()
    mosaic[::2, ::2], mosaic[1::2, 1::2] = recorded[::2, ::2, 0], recorded[1::2, 1::2, 2]
    xyz_to_camera = np.diag(neutral) @ np.linalg.inv(SRGB_TO_XYZ)
    tags = [
        (50706, "B", 4, bytes([1, 4, 0, 0]), True),
        (271, "s", 0, "Maker", True),
        (272, "s", 0, "Camera", True),
        (50708, "s", 0, "Maker Camera", True),
        (33421, "H", 2, (2, 2), True),
        (33422, "B", 4, bytes([0, 1, 1, 2]), True),
        (50721, "2i", 9, rationals(xyz_to_camera), True),
        (50728, "2I", 3, rationals(np.array(neutral)), True),
        (50778, "H", 1, 21, True),  # D65
    ]
    return tiff(mosaic, photometric=32803, extratags=tags + options.pop("extratags", []), **options)


def rationals(values: np.ndarray) -> tuple[int, ...]:
    return tuple(number for value in values.flat for number in (round(value * 10_000), 10_000))


def tiff(pixels: np.ndarray, **options: Any) -> bytes:
    buffer = io.BytesIO()
    photometric = "rgb" if pixels.ndim > 2 else "minisblack"
    tifffile.imwrite(buffer, pixels, **({"photometric": photometric, "metadata": None} | options))
    return buffer.getvalue()


def pillow(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def exif() -> Image.Exif:
    tags = Image.Exif()
    tags[271], tags[274], tags[33432] = "Maker", 6, "Somebody"
    tags.get_ifd(34665)[33434] = 0.01
    tags.get_ifd(34853)[2] = (52.0, 31.0, 12.0)
    return tags


def profile() -> bytes:
    primaries = (0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
    return imagecodecs.cms_profile(
        "rgb", whitepoint=(0.3127, 0.3290), primaries=primaries, gamma=2.2
    )
