"""How near a picture is to the truth, by scikit-image's full-reference metrics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass

import numpy as np
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from negcolor.errors import NegcolorError


@dataclass(frozen=True)
class Figures:
    """PSNR in dB and SSIM (higher is better), mean CIEDE2000 (lower; 1 is just noticeable)."""

    psnr: float
    ssim: float
    delta_e: float


def compare(result: np.ndarray, truth: np.ndarray) -> Figures:
    """The figures of a result against its truth.

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
    with np.errstate(divide="ignore"):  # equal pictures: infinite
        psnr = peak_signal_noise_ratio(truth, result, data_range=1.0)
    return Figures(
        psnr=float(psnr),
        ssim=float(ssim),
        delta_e=float(np.mean(deltaE_ciede2000(rgb2lab(truth), rgb2lab(result)))),
    )


def average(figures: Iterable[Figures]) -> Figures:
    """The mean of each figure over pictures."""
    return Figures(*(float(np.mean(column)) for column in zip(*map(astuple, figures), strict=True)))
