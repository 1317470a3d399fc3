"""The numbers that the paper prints for its ablation, as data; Table III is in `modifications`.

"Enhancing Negative Film Colorization through Systematic CycleGAN Architectural Modifications"
(2025): 20 epochs at 256×256.
"""

from __future__ import annotations

from dataclasses import dataclass

Pair = tuple[float, float]
"""Losses of the first and the last epoch, or the ends of a range."""


@dataclass(frozen=True)
class PaperLosses:
    """Losses of epochs 1 and 20: Tables IV and V; F is known from the text only, where at all."""

    generator_g: Pair
    discriminator_x: Pair
    discriminator_y: Pair
    generator_f: Pair | None = None


@dataclass(frozen=True)
class PaperRanges:
    """A row of Table VII."""

    generator_g: Pair
    generator_f: Pair
    discriminator_x: Pair
    discriminator_y: Pair
    mean_generator: float
    mean_discriminator: float


PAPER_LOSSES = {
    "0": PaperLosses((3.89, 4.13), (0.31, 0.91), (0.59, 0.45), (3.55, 3.83)),
    "1": PaperLosses((2.44, 2.85), (0.99, 0.65), (0.77, 0.28)),
    "2": PaperLosses((4.55, 4.52), (0.70, 0.21), (0.27, 0.38)),
    "3": PaperLosses((4.02, 3.48), (0.35, 0.64), (0.26, 0.46)),
    "4": PaperLosses((4.56, 3.74), (0.54, 0.74), (0.23, 0.47), (3.35, 3.61)),
    "5": PaperLosses((3.19, 4.25), (0.55, 0.99), (0.42, 0.80), (3.64, 2.73)),
    "6": PaperLosses((3.64, 4.80), (0.65, 0.31), (1.24, 0.27)),
    "7": PaperLosses((5.95, 3.38), (0.66, 0.72), (0.70, 0.68)),
    "8": PaperLosses((8.29, 3.62), (0.84, 0.69), (0.69, 0.60)),
    "9": PaperLosses((12.72, 5.24), (0.78, 0.75), (0.70, 0.73), (10.74, 4.44)),
    "10": PaperLosses((7.82, 4.04), (0.56, 0.68), (0.72, 0.59)),
    "11": PaperLosses((12.02, 5.59), (0.72, 0.63), (0.67, 0.75)),
    "12": PaperLosses((13.40, 6.19), (0.72, 0.65), (0.68, 0.58), (12.26, 5.77)),
    "13": PaperLosses((13.81, 6.56), (0.71, 0.64), (0.72, 0.43), (12.04, 5.49)),
    "14": PaperLosses((7.75, 3.73), (0.78, 0.63), (0.72, 0.65)),
    "15": PaperLosses((6.80, 4.23), (0.67, 0.38), (0.79, 0.44)),
    "16": PaperLosses((3.64, 4.51), (0.63, 0.47), (0.65, 0.52), (3.26, 3.61)),
    "17": PaperLosses((7.84, 3.32), (0.53, 0.54), (0.68, 0.64)),
    "18": PaperLosses((6.47, 3.13), (0.69, 0.53), (0.62, 0.78)),
    "19": PaperLosses((5.35, 4.86), (0.76, 0.44), (0.71, 0.40)),
}

BEST = "4"  # the modification that the paper recommends
PAPER_RANGES = {
    "0": PaperRanges((4.7, 5.6), (4.8, 5.3), (0.9, 1.2), (1.0, 1.3), 5.2, 1.1),
    BEST: PaperRanges((2.39, 4.07), (2.82, 3.66), (0.36, 0.93), (0.15, 1.39), 3.23, 0.65),
}
PAPER_REDUCTIONS = {"generators": 37.9, "discriminators": 40.9}
"""Per cent by which Table VII's mean losses of modification 4 lie below the baseline's."""
