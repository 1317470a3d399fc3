"""Words and numbers of a report, the same in every format."""

from __future__ import annotations

import math
from typing import NamedTuple

from negcolor.evaluation.aggregation import Estimate
from negcolor.evaluation.dataset import Trait
from negcolor.evaluation.evaluate import Evaluation
from negcolor.evaluation.image_sets import SetFigures
from negcolor.evaluation.inception import DISCLAIMER
from negcolor.evaluation.metrics import HIGHER_IS_BETTER
from negcolor.evaluation.summary import LONG_SIDE

ERROR_MAPS = "Below each result, its ΔE2000 in every pixel. All pictures are reduced for this page."
SET_HEADINGS = ("FID ↓", "KID × 1000 ↓", "Inception Score ↑")


class Wording(NamedTuple):
    """What a figure is called, and how many digits of it mean something."""

    name: str
    unit: str
    digits: int


FIGURE_WORDING = {
    "psnr": Wording("PSNR", "dB", 2),
    "ssim": Wording("SSIM", "", 3),
    "delta_e": Wording("ΔE2000", "", 2),
    "delta_e_95": Wording("ΔE2000, 95 %", "", 2),
    "colorfulness": Wording("Colorfulness", "", 1),
}


def heading(figure: str) -> str:
    """Name, unit and better direction of a figure, as "PSNR in dB ↑"."""
    name, unit, _ = FIGURE_WORDING[figure]
    higher = HIGHER_IS_BETTER[figure]
    arrow = "" if higher is None else " ↑" if higher else " ↓"
    return name + (f" in {unit}" if unit else "") + arrow


def number(figure: str, value: float) -> str:
    """A value of a figure."""
    return "∞" if value == math.inf else f"{value:.{FIGURE_WORDING[figure].digits}f}"


def interval(figure: str, estimate: Estimate) -> str:
    """The interval, as "20.91–21.80"; nothing if there is none."""
    if estimate.interval is None:
        return ""
    return "–".join(number(figure, end) for end in estimate.interval)


def trait_value(value: Trait) -> str:
    """Numbers as stops, with their sign."""
    return value if isinstance(value, str) else f"{value:+g}" if value else "0"


def set_numbers(figures: SetFigures) -> tuple[str, str, str]:
    """In the order of `SET_HEADINGS`."""
    kid, kid_deviation = (1000 * value for value in figures.kid)
    score, score_deviation = figures.inception_score
    return (
        f"{figures.fid:.1f}",
        f"{kid:.2f} ± {kid_deviation:.2f}",
        f"{score:.2f} ± {score_deviation:.2f}",
    )


def title(evaluation: Evaluation) -> str:
    return f"Evaluation on {evaluation.data.folder.resolve().name}"


def introduction(evaluation: Evaluation) -> str:
    """What was evaluated."""
    images = _count(evaluation.images, "negative")
    methods = _count(len(evaluation.methods), "method")
    truth = "with their truths" if evaluation.data.paired else "whose truths are not known"
    return (
        f"{images} {truth}, converted by {methods}. Pictures larger than {LONG_SIDE} pixels on "
        "the long side were reduced to that before they were converted and compared."
    )


def explanation(evaluation: Evaluation) -> str:
    """How to read the table of the methods."""
    colorfulness = number("colorfulness", evaluation.truth_colorfulness or 0.0)
    return (
        "Each figure is the mean over the pictures, with its 95 % bootstrap interval; ↑ and ↓ say "
        "which way is better. ΔE2000 is the color difference that the eye sees, where 1 is just "
        "noticeable: its mean over each picture, and what 95 % of a picture's pixels stay below. "
        "Colorfulness (Hasler and Süsstrunk) should be that of the truths, which is "
        f"{colorfulness} on average."
    )


def set_introduction(evaluation: Evaluation) -> list[str]:
    """What FID, KID and Inception Score compare, and how to read them; or why there are none."""
    if isinstance(evaluation.sets, str):
        return [f"FID, KID and Inception Score are left out: {evaluation.sets}."]
    reference = "photographs of testB" if evaluation.data.photographs else "truths of all pictures"
    return [
        f"All results of a method together, against the {reference}; ± is the standard deviation "
        "over subsets or splits.",
        DISCLAIMER,
    ]


def left_out(evaluation: Evaluation) -> str:
    """A line above the reasons; nothing if no image was left out."""
    count = len(evaluation.left_out)
    return f"{_count(count, 'picture')} could not be used:" if count else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
