"""From a scan to linear transmittance, and from linear light to sRGB: what converters share."""

import numpy as np

from negcolor.images.color import linear_to_srgb, srgb_to_linear

STEP = np.float32(1.0 / 65535.0)
"""Least transmittance, one step of 16 bits: nothing is divided by zero."""


def scan_to_transmittance(negative: np.ndarray) -> np.ndarray:
    """(H, W, 3) float32 in [STEP, 1] of a scan (H, W, 3), sRGB-encoded in [0, 1]."""
    linear = srgb_to_linear(np.asarray(negative, np.float32))
    return np.clip(linear, STEP, 1.0)


def light_to_srgb(light: np.ndarray) -> np.ndarray:
    """Linear light (H, W, 3) as float32 sRGB, clipped to [0, 1]."""
    return linear_to_srgb(np.clip(light, 0.0, 1.0)).astype(np.float32)
