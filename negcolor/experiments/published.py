"""The figures that the companion papers print, as printed, each with its place in the paper.

The papers, by their numbers here, are named in `negcolor.experiments.systems`.
"""

from __future__ import annotations

from collections.abc import Mapping

PSNR_SSIM = ("PSNR", "SSIM")

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
