"""The figures of a study of systems, as small files."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from negcolor.images.color import to_unit
from negcolor.images.io import find_images
from negcolor.images.lab import lab_to_srgb, srgb_to_lab
from negcolor.studies.companion_options import run_folder
from negcolor.studies.companion_results import HELD_OUT, Results, RunResult
from negcolor.studies.drawing import DPI, image_rows, read_if_there, small_png

COLUMNS = 4  # panels beside each other
IMAGES = 8  # in a row of the grid
ERROR = "validation ab error"


def error_curves(results: Results) -> bytes:
    """A panel per system: the validation ab error over all its epochs, beside grey's; a PNG."""
    names = results.names
    columns = min(COLUMNS, len(names))
    rows = math.ceil(len(names) / columns)
    sheet = Figure((3 * columns + 0.4, 2.2 * rows + 0.6), dpi=DPI, layout="constrained")
    panels = sheet.subplots(rows, columns, sharey=True, squeeze=False).ravel()
    for panel in panels[len(names) :]:
        panel.set_axis_off()
    for name, panel in zip(names, panels, strict=False):
        _draw_errors(panel, results.of(name))
        panel.set_title(name, fontsize=8)
    sheet.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    sheet.supxlabel("epoch, with the beginnings of the phases", fontsize=8)
    sheet.supylabel("mean |Δa*|, |Δb*|", fontsize=8)
    return small_png(sheet)


def _draw_errors(panel: Axes, runs: list[RunResult]) -> None:
    """The mean over the seeds, with a line where a phase begins."""
    curves = [np.concatenate([phase[ERROR] for phase in run.phases.values()]) for run in runs]
    curve = np.mean(curves, axis=0)
    grey = float(np.mean([run.validation_of_grey["ab error"] for run in runs]))
    epochs = np.arange(1, len(curve) + 1)
    panel.plot(epochs, curve, label="system", linewidth=1, marker=".", ms=4)
    panel.axhline(grey, color="grey", linestyle="--", linewidth=1, label="grey (a* = b* = 0)")
    begin = 0.5
    for name, phase in runs[0].phases.items():
        panel.axvline(begin, color="tab:orange", linewidth=0.8)
        place: dict[str, Any] = {
            "rotation": 90,
            "va": "top",
            "transform": panel.get_xaxis_transform(),
        }
        panel.text(begin, 0.97, f" {name}", fontsize=6, **place)
        begin += len(phase[ERROR])
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    panel.tick_params(labelsize=7)
    panel.grid(alpha=0.3)


def image_grid(study: Path, results: Results) -> bytes:
    """Held-out images in grey, as each system colors them, and in truth (first seed); a JPEG."""
    seed = results.runs[0].seed
    folders = {
        run.name: run_folder(study, run.name, seed) / "results" / HELD_OUT
        for run in results.runs
        if run.seed == seed
    }
    first = folders[results.runs[0].name]
    truths = [file for file in find_images(first) if file.stem.endswith("-truth")][:IMAGES]
    numbers = [file.stem.removesuffix("-truth") for file in truths]
    true = [*map(read_if_there, truths)]
    rows: dict[str, list[np.ndarray | None]] = {
        "grey": [None if image is None else _without_colors(image) for image in true]
    }
    for name, folder in folders.items():
        rows[name] = [read_if_there(folder / f"{number}.png") for number in numbers]
    return image_rows(rows | {"truth": true})


def _without_colors(image: np.ndarray) -> np.ndarray:
    """(H, W, 3) -> its lightness, float32 sRGB."""
    return lab_to_srgb(srgb_to_lab(to_unit(image)) * np.array([1, 0, 0], "float32"))
