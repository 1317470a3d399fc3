"""Guided upsampling: what was done to a reduced image, as a transformation of colors per pixel.

Around each pixel of the reduced image the converted one is approximated by an affine map of the
scan's colors, red' = a11 red + a12 green + a13 blue + b1 and so on: a guided filter (He, Sun,
Tang 2010) whose guide is the scan. The maps vary slowly, so they are enlarged, and applied to the
scan in its full size (He, Sun 2015, arXiv:1505.00996; Chen et al. 2016, "Bilateral guided
upsampling"). All detail and all bits of the scan stay, and nothing finer than the maps is taken
from what converted the reduced image.
"""

from __future__ import annotations

import numpy as np

from negcolor.images.resize import Enlarged, downscale_to

RADIUS = 2  # pixels on each side: the windows in which the network's result is approximated
LEVELS = ((4, 1e-4), (1, 1e-3))
"""Reduction and ridge (a variance of colors in [0, 1]) of each approximation, coarse to fine.

Each one corrects the one before where the scan's colors vary by more than the ridge; elsewhere the
coarser slopes stand. Networks blur detail of a few pixels: finer windows or smaller ridges follow
them in that and lose contrast in fabrics and hair; coarser ones leave their colors behind.
"""


def affine_maps(guide: np.ndarray, result: np.ndarray) -> np.ndarray:
    """Local affine maps from the colors of one image to those of another.

    Args:
        guide, result: (h, w, 3) floating point in [0, 1].

    Returns:
        (h, w, 3, 4) float64: result ≈ maps[..., :3] @ guide + maps[..., 3] at each pixel.
    """
    guide, result = guide.astype("float64"), result.astype("float64")
    flat = guide.reshape(-1, 3)
    design = np.column_stack([flat, np.ones(len(flat))])
    best = np.linalg.lstsq(design.T @ design, design.T @ result.reshape(-1, 3), rcond=None)[0]
    maps = np.broadcast_to(best.T, (*guide.shape, 4)).copy()
    for reduction, ridge in LEVELS:
        missing = result - _applied(maps, guide)
        long_side = -(-max(guide.shape) // reduction)
        correction = _fit_windows(
            downscale_to(guide, long_side), downscale_to(missing, long_side), ridge
        )
        maps += _enlarged(correction, guide.shape[:2])
    return maps


def _fit_windows(guide: np.ndarray, missing: np.ndarray, ridge: float) -> np.ndarray:
    """Ridge regression of the missing part in the window around each pixel, then smoothed."""
    mean_guide, mean_missing = _window_mean(guide), _window_mean(missing)
    variance = _covariance(guide, guide, mean_guide, mean_guide) + ridge * np.eye(3)
    covariance = _covariance(guide, missing, mean_guide, mean_missing)
    slopes = np.linalg.solve(variance, covariance).swapaxes(-1, -2)
    offsets = mean_missing - _applied(slopes, mean_guide)
    return _window_mean(np.concatenate([slopes, offsets[..., None]], axis=-1))


def _covariance(x: np.ndarray, y: np.ndarray, mean_x: np.ndarray, mean_y: np.ndarray) -> np.ndarray:
    """(h, w, 3), (h, w, 3) -> (h, w, 3, 3), the covariance in the window around each pixel."""
    products = x[..., :, None].astype("float64") * y[..., None, :]
    return _window_mean(products) - mean_x[..., :, None] * mean_y[..., None, :]


def _window_mean(x: np.ndarray) -> np.ndarray:
    """Means over the window around each pixel of (h, w, ...), mirrored at the border, float64.

    Bit for bit SciPy's `uniform_filter` of each channel, in a third of its time and without its
    import, which takes longer than the filtering.
    """
    x, size = x.astype("float64"), 2 * RADIUS + 1
    for axis in (0, 1):
        count = x.shape[axis]
        source = np.arange(-RADIUS, count + RADIUS) % (2 * count)
        source = np.minimum(source, 2 * count - 1 - source)
        lines, means = np.moveaxis(x, axis, 0), np.empty_like(x)
        total = lines[source[:size]].sum(axis=0)
        for place, mean in enumerate(np.moveaxis(means, axis, 0)):
            if place:
                total += lines[source[place + size - 1]] - lines[source[place - 1]]
            np.divide(total, size, out=mean)
        x = means
    return x


def _applied(maps: np.ndarray, image: np.ndarray) -> np.ndarray:
    """The maps' (h, w, 3, 3 or 4) slopes and, where there are any, offsets."""
    result = np.einsum("hwij,hwj->hwi", maps[..., :3], image)
    return result + maps[..., 3] if maps.shape[-1] == 4 else result


def _enlarged(maps: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    if maps.shape[:2] == shape:
        return maps
    large = np.empty((*shape, 3, 4))
    for entry in np.ndindex(3, 4):
        large[(..., *entry)] = Enlarged(maps[(..., *entry)], shape).rows(0, shape[0])
    return large


class EnlargedMaps:
    """Small affine maps as if they were enlarged, bilinearly, to the size of a large image."""

    def __init__(self, maps: np.ndarray, shape: tuple[int, int]) -> None:
        """Takes maps (h, w, D, C + 1), the last column being offsets, and the (H, W) wanted."""
        self._planes = {
            entry: Enlarged(maps[(..., *entry)], shape) for entry in np.ndindex(maps.shape[2:])
        }
        self._shape = maps.shape[2:]

    def apply(self, rows: np.ndarray, start: int) -> np.ndarray:
        """What the maps make of the rows (h, W, C) from row `start` on: (h, W, D) float32."""
        stop = start + len(rows)
        outputs, columns = self._shape
        result = np.empty((*rows.shape[:2], outputs), "float32")
        for output in range(outputs):
            value = self._planes[output, columns - 1].rows(start, stop)
            for channel in range(columns - 1):
                value = value + self._planes[output, channel].rows(start, stop) * rows[..., channel]
            result[..., output] = value
        return result
