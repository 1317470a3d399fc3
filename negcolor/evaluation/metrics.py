"""How near an image is to the truth, by scikit-image's full-reference metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from negcolor.errors import NegcolorError

SomeMetrics = TypeVar("SomeMetrics", bound="Metrics")


@dataclass(frozen=True)
class Metrics:
    """What is measured of a result.

    Attributes:
        psnr: peak signal-to-noise ratio in dB; infinite for equal images.
        ssim: structural similarity (Wang et al. 2004), at most 1.
        delta_e: mean CIEDE2000 over the pixels; 1 is just noticeable.
        delta_e_95: its 95th percentile: how wrong the worst places are.
        colorfulness: of the result alone, see `colorfulness`.
    """

    psnr: float
    ssim: float
    delta_e: float
    delta_e_95: float
    colorfulness: float


HIGHER_IS_BETTER: Mapping[str, bool | None] = MappingProxyType(
    {"psnr": True, "ssim": True, "delta_e": False, "delta_e_95": False, "colorfulness": None}
)
"""For each of the `Metrics`; None where the best value is that of the truth."""


def compare(result: np.ndarray, truth: np.ndarray) -> Metrics:
    """The metrics of a result against its truth.

    Args:
        result, truth: (H, W, 3) floating point, sRGB in [0, 1], of equal shape.

    Raises:
        NegcolorError: the shapes differ.
    """
    if result.shape != truth.shape:
        raise NegcolorError(
            f"a result of {result.shape[1]}x{result.shape[0]} pixels cannot be compared with a "
            f"truth of {truth.shape[1]}x{truth.shape[0]}; give pictures of equal size."
        )
    window = min(7, *result.shape[:2])
    window -= 1 - window % 2  # scikit-image wants an odd window
    ssim = structural_similarity(
        truth,
        result,
        data_range=1.0,
        channel_axis=2,
        win_size=window,
        use_sample_covariance=window > 1,  # a single pixel has no sample covariance
    )
    with np.errstate(divide="ignore"):  # equal images: infinite
        psnr = peak_signal_noise_ratio(truth, result, data_range=1.0)
    delta_e = deltaE_ciede2000(rgb2lab(truth), rgb2lab(result))
    return Metrics(
        psnr=float(psnr),
        ssim=float(ssim),
        delta_e=float(np.mean(delta_e)),
        delta_e_95=float(np.percentile(delta_e, 95)),
        colorfulness=colorfulness(result),
    )


def colorfulness(image: np.ndarray) -> float:
    """Colorfulness of Hasler and Süsstrunk 2003, "Measuring colorfulness in natural images".

    Their M^(3) = sqrt(var rg + var yb) + 0.3 sqrt(mean² rg + mean² yb) of the opponents
    rg = R - G and yb = (R + G) / 2 - B, both with their signs.

    Args:
        image: (H, W, 3) floating point, sRGB in [0, 1].

    Returns:
        On the paper's scale, that of 8-bit values: 0 for grey, about 33 for moderately and 109
        for extremely colorful images.
    """
    red, green, blue = 255.0 * np.moveaxis(np.asarray(image, np.float64), -1, 0)
    opponents = red - green, (red + green) / 2.0 - blue
    spread = np.hypot(*(opponent.std() for opponent in opponents))
    return float(spread + 0.3 * np.hypot(*(opponent.mean() for opponent in opponents)))


def average(metrics: Iterable[SomeMetrics]) -> SomeMetrics:
    """The mean of each metric over images, one at least."""
    rows = [*metrics]
    columns = zip(*map(astuple, rows), strict=True)
    return type(rows[0])(*(float(np.mean(column)) for column in columns))
