"""From the colors a file stores to sRGB, by its ICC profile or, without one, by convention."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import imagecodecs
import numpy as np

from negcolor.errors import NegcolorError

COLOR_SPACES = {b"GRAY": "gray", b"RGB ": "rgb", b"CMYK": "cmyk"}
"""Bytes 16–19 of an ICC profile (ICC.1:2022, 7.2.8) and the names used here."""
BAND = 2**20
"""Pixels that a thread converts at a time."""


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """ICC profile of sRGB, the same bytes on every day: Little CMS writes the date into it."""
    profile = imagecodecs.cms_profile("srgb")
    new_year_2000 = np.array([2000, 1, 1, 0, 0, 0], dtype=">u2").tobytes()
    return profile[:24] + new_year_2000 + profile[36:]


def to_srgb(pixels: np.ndarray, space: str, profile: bytes | None) -> np.ndarray:
    """Converts stored colors to sRGB.

    Args:
        pixels: (H, W, C), uint8 or uint16; C is 1 for "gray", 3 for "rgb" and 4 for "cmyk",
            where 0 is black, or no ink.
        space: "gray", "rgb" or "cmyk".
        profile: the embedded ICC profile, or None. Conversion is by Little CMS with perceptual
            intent, which for the matrix profiles of scanners and cameras is relative
            colorimetric. A profile that describes sRGB changes nothing. Without a profile grey
            and RGB values are taken as sRGB, and inks as (1 − C)(1 − K), (1 − M)(1 − K), ….

    Returns:
        (H, W, 3), sRGB, dtype of `pixels`.

    Raises:
        NegcolorError: the profile is damaged or made for other colors; the message lacks its
            subject, the file, which the caller puts in front.
    """
    profile_space = COLOR_SPACES.get(profile[16:20]) if profile else None
    if space == "gray" and profile_space != "gray":
        pixels, space = np.repeat(pixels, 3, axis=2), "rgb"
    if not profile:
        return _inks_to_rgb(pixels) if space == "cmyk" else pixels
    try:
        if profile_space != space:
            raise ValueError(f"it is not for {space} pixels")
        if space == "rgb" and _describes_srgb(profile):
            return pixels
        return _transform(pixels, space, profile)
    except (ValueError, RuntimeError) as error:  # imagecodecs.CmsError is a RuntimeError
        raise NegcolorError(
            f"has an embedded color profile that cannot be used ({error}): "
            "remove the profile or save the picture as sRGB"
        ) from error


def _transform(pixels: np.ndarray, space: str, profile: bytes) -> np.ndarray:
    # Little CMS turns a 16-bit matrix profile into a coarse table unless told not to: up to 20
    # of 255 steps off in the shadows, against 0.1. In 8 bits its fast path is exact to a step.
    flags = imagecodecs.CMS.FLAGS.NOOPTIMIZE if pixels.dtype == np.uint16 else None
    converted = np.empty((*pixels.shape[:2], 3), pixels.dtype)
    rows = max(1, BAND // pixels.shape[1])

    def transform_band(top: int) -> None:
        band = np.ascontiguousarray(pixels[top : top + rows])
        converted[top : top + rows] = imagecodecs.cms_transform(
            band,
            profile,
            srgb_profile(),
            colorspace=space,
            outcolorspace="rgb",
            intent=imagecodecs.CMS.INTENT.PERCEPTUAL,
            flags=flags,
        ).reshape(*band.shape[:2], 3)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(transform_band, range(0, len(pixels), rows)))
    return converted


@lru_cache(maxsize=16)  # the scans of one scanner carry one profile
def _describes_srgb(profile: bytes) -> bool:
    """True if no color of a 9×9×9 grid moves by more than one of 255 steps.

    sRGB profiles differ from maker to maker in bytes, names and rounding, but not in effect.
    """
    levels = np.linspace(0, 65535, 9).round().astype(np.uint16)
    grid = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(-1, 9, 3)
    moved = np.abs(_transform(grid, "rgb", profile).astype(int) - grid)
    return bool(moved.max() <= 257)


def _inks_to_rgb(cmyk: np.ndarray) -> np.ndarray:
    full = int(np.iinfo(cmyk.dtype).max)
    rgb = np.empty((*cmyk.shape[:2], 3), cmyk.dtype)
    for row, inks in zip(rgb, cmyk, strict=True):  # the whole in 32 bits would take much memory
        paper = full - inks.astype(np.uint32)  # 65535² + 32767 still fits
        row[:] = (paper[:, :3] * paper[:, 3:] + full // 2) // full
    return rgb
