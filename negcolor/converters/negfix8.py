"""The script negfix8, which drives ImageMagick."""

import numpy as np

from negcolor.converters.transmittance import STEP, scan_to_transmittance

GAMMA = 2.15  # of the display that the result is encoded for
BLACK = 0.95  # share of the darkest value that is subtracted
SHAVE = 10  # pixels at each side that the statistics leave out
BLUR = 3  # radius and standard deviation of their blur, in pixels


def negfix8(negative: np.ndarray) -> np.ndarray:
    """Converts a color negative as negfix8 1.2 does.

    Transmittance is inverted, 1 / T, scaled so that the densest film is white; green and blue are
    given the contrast of red by gamma; the result is encoded and its black subtracted. The
    encoding with gamma 2.15 is taken as sRGB.

    Args:
        negative: (H, W, 3) floating point in [0, 1], as scanned, sRGB-encoded.

    Returns:
        The positive, (H, W, 3) float32, sRGB in [0, 1].

    Source: negfix8 1.2 (JaZ99 2012).
    """
    linear = scan_to_transmittance(negative)
    least, most = _extremes(linear)
    ranges = np.log(most / least)
    # Without contrast in either channel there is no ratio of contrasts.
    gamma = np.where((ranges > 0) & (ranges[0] > 0), ranges / max(ranges[0], STEP), 1.0)
    # At most white, before the power as well as after it: there it could overflow.
    inverted = np.minimum(least / linear, 1.0) ** (1.0 / np.maximum(gamma, STEP))
    subtracted = BLACK * (least[0] / most[0]) ** (1.0 / GAMMA)
    return np.clip(inverted ** (1.0 / GAMMA) - subtracted, 0.0, 1.0).astype(np.float32)


def _extremes(linear: np.ndarray) -> np.ndarray:
    """(2, 3): least and most of each channel, of a shaved and blurred copy."""
    from scipy.ndimage import gaussian_filter  # its import takes a tenth of a second

    if min(linear.shape[:2]) > 2 * SHAVE:
        linear = linear[SHAVE:-SHAVE, SHAVE:-SHAVE]
    blurred = gaussian_filter(linear, BLUR, radius=BLUR, mode="nearest", axes=(0, 1))
    return np.stack([blurred.min((0, 1)), blurred.max((0, 1))])
