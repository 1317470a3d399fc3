"""RawTherapee's Film Negative tool with its default exponents."""

import numpy as np

from negcolor.converters.transmittance import light_to_srgb, scan_to_transmittance

EXPONENTS = np.array([1.36, 1.0, 0.86], np.float32) * 1.5
"""Of red, green and blue: the ratios to the green exponent, times that."""

MEDIAN = 1.0 / 24.0  # linear light that each channel's median becomes
BORDER = 0.2  # share of each side that the medians leave out, for film holders


def rawtherapee(negative: np.ndarray) -> np.ndarray:
    """Converts a color negative by a power law per channel.

    light = (transmittance / median)^-exponent / 24, clipped at 1; the median is that of the
    middle of the channel. RawTherapee leaves it to its user to adjust the exposure afterwards,
    which nobody does here.

    Args:
        negative: (H, W, 3) floating point in [0, 1], as scanned, sRGB-encoded.

    Returns:
        The positive, (H, W, 3) float32, sRGB in [0, 1].

    Source: RawTherapee 5.9, rtengine/filmnegativeproc.cc (Alberto Romei 2019).
    """
    linear = scan_to_transmittance(negative)
    top, left = (int(size * BORDER) for size in linear.shape[:2])
    middle = linear[top : len(linear) - top, left : linear.shape[1] - left]
    reference = np.median(middle, axis=(0, 1))
    return light_to_srgb(MEDIAN * (linear / reference) ** -EXPONENTS)
