"""The companion papers' tables from invented numbers, worked out by hand."""

import numpy as np

from negcolor.studies import companion_tables
from negcolor.studies.inception_metrics import with_inception_metrics


def test_001_has_its_three_tables(companion_results, cells):
    results = companion_results("001", seeds=(0, 1))
    first, second, third = companion_tables.paper_tables(results)
    rows = cells(first, 2)
    # 20 and 30 dB with seed 0, 21 and 31 with seed 1
    ours = ("25.50", "31.00", "20.00")
    assert rows["attention-unet-gan", "PSNR"] == (*ours, "24.67", "27.83", "16.01")
    assert rows["resnet18-unet-gan", "SSIM"] == ("0.850", "0.900", "0.800", "0.53", "0.70", "49/7")
    assert rows["unet-gan", "PSNR"] == (*ours, "–", "–", "–")
    assert rows["grey, no colors", "PSNR"] == ("20.00", "22.00", "18.00", "–", "–", "–")
    assert "printed as 49/7" in first.sentences[0]
    assert cells(second, 2)["wgan-gp", "PSNR"][3:] == ("18.79", "24.29", "16.50")
    assert cells(second, 2)["wgan-clip", "SSIM"][3:] == ("0.07", "0.20", "-0.00")
    assert cells(third, 2)["grey-cyclegan", "PSNR"] == (*ours, "6.03", "11.12", "1.69")


class Features:
    """An extractor of two features, the mean of an image's red and green, and of two classes."""

    def features(self, images):
        return np.array([image.mean((0, 1))[:2] for image in images])

    def probabilities(self, images):
        return np.eye(2)[: len(images)]


def test_002_says_why_cells_are_empty_and_fills_them_with_features(companion_results, cells):
    results = companion_results("002")
    (table,) = companion_tables.paper_tables(results)
    rows = cells(table, 2)
    missing = "needs --inception-weights"
    assert rows["test", "unet-gan"] == (
        *(missing, "0.038", "25.00", "21.31", "0.850", "0.8664", missing, "12.66"),
    )
    assert rows["train", "wgan-clip"][1::2] == ("0.039", "17.14", "0.8264", "11.482")
    (table,) = companion_tables.paper_tables(with_inception_metrics(results, Features()))
    rows = cells(table, 2)
    assert float(rows["train", "unet-gan"][0]) >= 0
    # ten parts are asked for; with two images, each is a part with a score of 1
    assert rows["test", "unet-gan"][6] == rows["test", "the truth"][6] == "1.00"


def test_003_has_its_two_tables(companion_results, cells):
    results = companion_results("003")
    ablations, batches = companion_tables.paper_tables(results)
    rows = cells(ablations)
    assert rows["inception-gan"][1:] == ("0.850", "0.95026", "25.00", "21.4709")
    assert rows["pix2pix"][1:] == ("0.850", "–", "25.00", "–")
    assert "inception-gan-quarter-batch" not in rows
    # Of 8 epochs the pretraining has 5 (8 · 20 / 35 = 4.57), the GAN 6 to 8: losses .6 to .8.
    rows = cells(batches)
    assert rows["inception-gan"] == (
        *("8", "0.6000", "0.9832335", "0.6000", "13.1451198"),
        *("0.8000", "0.5875823", "0.8000", "9.4398253"),
    )
    assert rows["inception-gan-quarter-batch"][0] == "2"


def test_004_has_losses_and_accuracy_of_each_phase(companion_results, cells):
    results = companion_results("004")
    (table,) = companion_tables.paper_tables(results)
    rows = cells(table, 2)
    # Epochs: 1 of the pretraining, then 3, 3 and 1. A loss of .8 is .8 · 110² = 9680.
    assert rows["archaeology-cnn", "regression"][:5] == ("9680.0", "192.0", "", "", "")
    assert rows["archaeology-gan", "pretraining"][:2] == ("1210.0", "199.0")
    assert rows["archaeology-gan", "phase_1"][:5] == ("", "196.0", "0.400", "0.400", "0.540")
    assert rows["archaeology-gan", "phase_3"][:5] == ("", "192.0", "0.800", "0.800", "0.580")
    assert "0.999" in rows["archaeology-gan", "phase_3"][5]
    assert rows["grey, no colors", ""][1] == "260.0"
