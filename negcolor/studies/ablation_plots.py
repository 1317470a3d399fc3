"""The figures of a study's report, as small files."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from negcolor.experiments.modifications import BASELINE, MODIFICATIONS
from negcolor.images.io import find_images
from negcolor.studies.ablation_quality import JUDGED_BY, LOSS_MEASURES, figure
from negcolor.studies.ablation_results import Results
from negcolor.studies.drawing import DPI, image_rows, read_if_there, small_png

COLUMNS = 5  # panels, and test images: the paper shows as many
COLORS = {"G": "tab:blue", "F": "tab:orange", "D_X": "tab:green", "D_Y": "tab:red"}


def loss_curves(results: Results) -> bytes:
    """A panel per modification with the four losses, means over the seeds; a PNG."""
    keys = results.keys
    rows = math.ceil(len(keys) / COLUMNS)
    sheet = Figure((2.4 * COLUMNS, 1.7 * rows + 0.6), dpi=DPI, layout="constrained")
    panels = sheet.subplots(rows, COLUMNS, sharex=True, sharey=True, squeeze=False).ravel()
    for panel in panels[len(keys) :]:
        panel.set_axis_off()
    for key, panel in zip(keys, panels, strict=False):
        for loss, color in COLORS.items():
            curve = np.mean([run.losses[loss] for run in results.runs if run.key == key], axis=0)
            epochs = np.arange(1, len(curve) + 1)
            panel.plot(epochs, curve, color=color, label=loss, linewidth=1, marker=".", ms=3)
        panel.set_yscale("log", subs=())
        panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        panel.yaxis.set_major_formatter("{x:g}")
        panel.set_title(MODIFICATIONS[key].name, fontsize=8)
        panel.tick_params(labelsize=7)
        panel.grid(alpha=0.3)
    sheet.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
    sheet.supxlabel("epoch", fontsize=8)
    return small_png(sheet)


def loss_and_quality(results: Results) -> bytes:
    """Every modification by its loss and the color difference of its images; a PNG."""
    sheet = Figure((6, 4.2), dpi=DPI, layout="constrained")
    axes = sheet.subplots()
    for key in results.keys:
        x, y = (results.mean(key, m) for m in (LOSS_MEASURES[JUDGED_BY], figure("delta_e")))
        axes.plot(x, y, "o", color="tab:red" if key == BASELINE.key else "tab:blue", ms=4)
        axes.annotate(key, (x, y), xytext=(4, 3), textcoords="offset points", fontsize=8)
    axes.set_xlabel("loss of G, last epoch")
    axes.set_ylabel("ΔE2000 of the test pictures")
    axes.grid(alpha=0.3)
    return small_png(sheet)


def image_grid(study: Path, results: Results) -> bytes | None:
    """Table VI: negatives, truths, and a row per modification (first seed); a JPEG.

    None where there are no test images.
    """
    folder = study / "test"
    files = find_images(folder) if folder.is_dir() else []
    numbers = [file.stem.split("-")[0] for file in files if file.stem.endswith("-negative")]
    numbers = numbers[:COLUMNS]
    if not numbers:
        return None
    rows = {name: [folder / f"{n}-{name}.png" for n in numbers] for name in ("negative", "truth")}
    for key in results.keys:
        seed = next(run.seed for run in results.runs if run.key == key)
        place = study / "runs" / f"{key}-seed-{seed}" / "results"
        rows[MODIFICATIONS[key].name] = [place / f"{n}.png" for n in numbers]
    return image_rows({name: [*map(read_if_there, row)] for name, row in rows.items()})
