"""darktable's module negadoctor, with the parameters that its pickers find.

Formulas: darktable, src/iop/negadoctor.c (Aurélien Pierre 2020), after Kodak's Cineon densities:
the negative's density is stretched, inverted as if printed on paper, and given the paper's grade.
"""

from typing import NamedTuple

import numpy as np

from negcolor.converters.transmittance import light_to_srgb, scan_to_transmittance

PAPER_GRADE = 4.0  # gamma of the print
SOFT_CLIP = 0.75  # print value above which highlights are compressed
BLACK_POINT = 0.1  # print value, before the paper's grade, given to the clearest film
WHITE_POINT = 0.96  # the same for the densest

EXTREME = 0.1  # per cent of the pixels beyond what counts as a channel's darkest or brightest
BASE = 0.5  # per cent of a channel's pixels, the brightest, that stand for the film base
PATCH = 2.0  # per cent of the pixels that make up the patches of shadows and of highlights

D_MAX = (0.1, 6.0)  # the ranges that the module allows
OFFSET = (-1.0, 1.0)
WHITE_BALANCE = (0.25, 2.0)
BLACK = (-0.5, 0.5)
EXPOSURE = (0.5, 2.0)
_LEAST = 1e-6  # of what is divided by, so that ratios of nothing are 1


class Picks(NamedTuple):
    """What the pickers read: linear transmittances, (3,) each.

    In darktable a person points at the film base and at neutral patches. Here nobody does, and a
    frame may show no film base, so that patches are chosen by their density, see `pick_patches`.
    """

    base: np.ndarray
    brightest: np.ndarray
    darkest: np.ndarray
    shadows: np.ndarray
    highlights: np.ndarray


class Parameters(NamedTuple):
    """The module's parameters, by the names of its source."""

    d_min: np.ndarray
    d_max: float
    offset: float
    wb_low: np.ndarray
    wb_high: np.ndarray
    black: float
    exposure: float


def negadoctor(negative: np.ndarray) -> np.ndarray:
    """Converts a color negative as negadoctor does with automatic parameters.

    Args:
        negative: (H, W, 3) floating point in [0, 1], as scanned, sRGB-encoded.

    Returns:
        The positive, (H, W, 3) float32, sRGB in [0, 1].
    """
    linear = scan_to_transmittance(negative)
    return light_to_srgb(print_positive(linear, automatic_parameters(pick_patches(linear))))


def pick_patches(linear: np.ndarray) -> Picks:
    """Reads base, extremes and patches off an image (H, W, 3) of linear transmittances.

    The clearest film that the frame shows in each channel stands for the base. Shadows and
    highlights of the scene are the pixels of least and of greatest density, summed over the
    channels.
    """
    pixels = linear.reshape(-1, 3)
    darkest, brightest = np.percentile(pixels, (EXTREME, 100.0 - EXTREME), axis=0)
    clearest = _share(len(pixels), BASE)
    count = _share(len(pixels), PATCH)
    order = np.argsort(np.log(pixels).sum(1))
    return Picks(
        base=np.partition(pixels, -clearest, axis=0)[-clearest:].mean(0),
        brightest=brightest,
        darkest=darkest,
        shadows=pixels[order[-count:]].mean(0),
        highlights=pixels[order[:count]].mean(0),
    )


def _share(pixels: int, percent: float) -> int:
    return max(1, round(pixels * percent / 100.0))


def automatic_parameters(picks: Picks) -> Parameters:
    """The parameters that follow from what was picked, each from those before it."""
    d_min = picks.base
    d_max = np.clip(np.log10(d_min / picks.darkest).max(), *D_MAX)
    offset = np.clip(np.log10(d_min / picks.brightest).min() / d_max, *OFFSET)
    low = np.maximum(np.log10(d_min / picks.shadows) / d_max, _LEAST)
    wb_low = np.clip(low.min() / low, *WHITE_BALANCE)
    high = np.abs(offset * wb_low - np.log10(d_min / picks.highlights) / d_max)
    gain = 1.0 / np.maximum(high, _LEAST)
    wb_high = np.clip(gain / gain.min(), *WHITE_BALANCE)
    unset = Parameters(d_min, d_max, offset, wb_low, wb_high, black=0.0, exposure=1.0)
    black = (BLACK_POINT - 1.0 + 10.0 ** exponent(picks.brightest, unset)).max()
    black = np.clip(black, *BLACK)
    paper = 1.0 + black - 10.0 ** exponent(picks.darkest, unset)
    exposure = np.clip((WHITE_POINT / np.maximum(paper, _LEAST)).min(), *EXPOSURE)
    return unset._replace(black=black, exposure=exposure)


def exponent(linear: np.ndarray, parameters: Parameters) -> np.ndarray:
    """Corrected density with a minus sign, (..., 3): 0 is the film base, -1 the densest film."""
    d_min, d_max, offset, wb_low, wb_high, *_ = parameters
    return wb_high * (np.log10(linear / d_min) / d_max + offset * wb_low)


def print_positive(linear: np.ndarray, parameters: Parameters) -> np.ndarray:
    """Print of linear transmittances (..., 3), linear light from 0 to 1."""
    paper = 1.0 + parameters.black - 10.0 ** exponent(linear, parameters)
    light = np.maximum(0.0, parameters.exposure * paper) ** PAPER_GRADE
    room = 1.0 - SOFT_CLIP
    compressed = SOFT_CLIP + room * (1.0 - np.exp(-(light - SOFT_CLIP) / room))
    return np.where(light <= SOFT_CLIP, light, compressed)
