"""What the five papers print, as printed, each with its place in the paper.

The paper of the modifications is "Enhancing Negative Film Colorization through Systematic CycleGAN
Architectural Modifications" (2025): 20 epochs at 256×256; its Table III stands with the entries of
`negcolor.experiments.modifications`. The companion papers, 001 to 004, are named in
`negcolor.experiments.systems`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

Pair = tuple[float, float]
"""Losses of the first and the last epoch, or the ends of a range."""


class PrintedLosses(NamedTuple):
    """Losses of epochs 1 and 20; that of F is known from the text only, where at all."""

    G: Pair
    D_X: Pair
    D_Y: Pair
    F: Pair | None = None


class PrintedRanges(NamedTuple):
    """A row of Table VII: the range of each loss, and the mean of either kind of network."""

    G: Pair
    F: Pair
    D_X: Pair
    D_Y: Pair
    generators: float
    discriminators: float


# Tables IV and V, by modification.
LOSSES: Mapping[str, PrintedLosses] = {
    "0": PrintedLosses((3.89, 4.13), (0.31, 0.91), (0.59, 0.45), (3.55, 3.83)),
    "1": PrintedLosses((2.44, 2.85), (0.99, 0.65), (0.77, 0.28)),
    "2": PrintedLosses((4.55, 4.52), (0.70, 0.21), (0.27, 0.38)),
    "3": PrintedLosses((4.02, 3.48), (0.35, 0.64), (0.26, 0.46)),
    "4": PrintedLosses((4.56, 3.74), (0.54, 0.74), (0.23, 0.47), (3.35, 3.61)),
    "5": PrintedLosses((3.19, 4.25), (0.55, 0.99), (0.42, 0.80), (3.64, 2.73)),
    "6": PrintedLosses((3.64, 4.80), (0.65, 0.31), (1.24, 0.27)),
    "7": PrintedLosses((5.95, 3.38), (0.66, 0.72), (0.70, 0.68)),
    "8": PrintedLosses((8.29, 3.62), (0.84, 0.69), (0.69, 0.60)),
    "9": PrintedLosses((12.72, 5.24), (0.78, 0.75), (0.70, 0.73), (10.74, 4.44)),
    "10": PrintedLosses((7.82, 4.04), (0.56, 0.68), (0.72, 0.59)),
    "11": PrintedLosses((12.02, 5.59), (0.72, 0.63), (0.67, 0.75)),
    "12": PrintedLosses((13.40, 6.19), (0.72, 0.65), (0.68, 0.58), (12.26, 5.77)),
    "13": PrintedLosses((13.81, 6.56), (0.71, 0.64), (0.72, 0.43), (12.04, 5.49)),
    "14": PrintedLosses((7.75, 3.73), (0.78, 0.63), (0.72, 0.65)),
    "15": PrintedLosses((6.80, 4.23), (0.67, 0.38), (0.79, 0.44)),
    "16": PrintedLosses((3.64, 4.51), (0.63, 0.47), (0.65, 0.52), (3.26, 3.61)),
    "17": PrintedLosses((7.84, 3.32), (0.53, 0.54), (0.68, 0.64)),
    "18": PrintedLosses((6.47, 3.13), (0.69, 0.53), (0.62, 0.78)),
    "19": PrintedLosses((5.35, 4.86), (0.76, 0.44), (0.71, 0.40)),
}

RECOMMENDED = "4"  # the modification that the paper recommends

# Table VII.
RANGES: Mapping[str, PrintedRanges] = {
    "0": PrintedRanges((4.7, 5.6), (4.8, 5.3), (0.9, 1.2), (1.0, 1.3), 5.2, 1.1),
    RECOMMENDED: PrintedRanges((2.39, 4.07), (2.82, 3.66), (0.36, 0.93), (0.15, 1.39), 3.23, 0.65),
}

# Table VII: by how many per cent the mean losses of modification 4 lie below the baseline's.
REDUCTIONS: Mapping[str, float] = {"generators": 37.9, "discriminators": 40.9}

# 001, Tables 1 to 3: average, maximum, minimum on COCO.
EXTREMES: Mapping[str, Mapping[str, tuple[str, str, str]]] = {
    "attention-unet-gan": {"PSNR": ("24.67", "27.83", "16.01"), "SSIM": ("0.56", "0.56", "-0.01")},
    "resnet18-unet-gan": {"PSNR": ("27.70", "30.51", "23.47"), "SSIM": ("0.53", "0.70", "49/7")},
    "wgan-gp": {"PSNR": ("18.79", "24.29", "16.50"), "SSIM": ("0.01", "0.09", "-0.01")},
    "wgan-clip": {"PSNR": ("21.56", "26.08", "16.66"), "SSIM": ("0.07", "0.20", "-0.00")},
    "grey-cyclegan": {"PSNR": ("6.03", "11.12", "1.69"), "SSIM": ("-0.01", "0.41", "-0.36")},
}

# 002, Table 1, which does not say which of its two collections it is of.
DISTRIBUTIONS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("held-out", "unet-gan"): {
        "FID": "0.038", "PSNR": "21.31", "SSIM": "0.8664", "Inception score": "12.66",
    },
    ("held-out", "wgan-clip"): {
        "FID": "0.086", "PSNR": "17.5777", "SSIM": "0.7385", "Inception score": "12.386",
    },
    ("training", "unet-gan"): {
        "FID": "0.026", "PSNR": "22.17", "SSIM": "0.87", "Inception score": "12.034",
    },
    ("training", "wgan-clip"): {
        "FID": "0.039", "PSNR": "17.14", "SSIM": "0.8264", "Inception score": "11.482",
    },
}  # fmt: skip

# 003, Table 2: "PSNR and channel-wise SSIM for ablation studies and comparison to baseline", means
# of 100 images (section 6.1).
ABLATIONS: Mapping[str, Mapping[str, str]] = {
    "inception-gan-no-pretraining": {"SSIM": "0.89217", "PSNR": "17.6496"},
    "inception-gan-no-segmentation": {"SSIM": "0.92358", "PSNR": "19.9012"},
    "inception-gan-no-inception": {"SSIM": "0.93829", "PSNR": "19.3556"},
    "deep-koalarization": {"SSIM": "0.90014", "PSNR": "19.0556"},
    "inception-gan": {"SSIM": "0.95026", "PSNR": "21.4709"},
}

# 003, Table 3: average loss_D and loss_G of the first epoch, then of the last.
BATCH_LOSSES: Mapping[str, tuple[str, str, str, str]] = {
    "inception-gan": ("0.9832335", "13.1451198", "0.5875823", "9.4398253"),  # batches of 64
    "inception-gan-quarter-batch": ("0.8935475", "17.1624052", "0.0031525", "15.1624052"),  # of 16
}

# 004, sections 7.1.1 to 7.1.3 and Figure 8, by (system, phase).
PHASES: Mapping[tuple[str, str], str] = {
    ("archaeology-cnn", "regression"): "MSE about 89 in training, 88 in validation",
    ("archaeology-gan", "pretraining"): "MSE 22 in training, roughly 130 in validation",
    ("archaeology-gan", "phase_1"): "validation MSE about 20",
    ("archaeology-gan", "phase_2"): "validation MSE and generator's BCE rise, accuracy too",
    ("archaeology-gan", "phase_3"): "validation MSE about 50, discriminator 0.999",
}
