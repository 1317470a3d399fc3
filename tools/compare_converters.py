"""Draws scans beside what the model and every classical converter make of them.

    python tools/compare_converters.py SCANS --output sheet.png
    python tools/compare_converters.py --output docs/converters.jpg

Without scans, photographs of scikit-image are exposed on simulated film, one stock each, and the
truth is drawn beside the results.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
from skimage import data

from negcolor.converters.classical import CLASSICAL
from negcolor.errors import NegcolorError
from negcolor.evaluation.metrics import compare
from negcolor.film.simulation import simulate
from negcolor.images.io import read
from negcolor.images.resize import downscale_to
from negcolor.inference.convert import NegativeConverter
from negcolor.inference.models import DEFAULT_MODEL, load_converter
from negcolor.tensorflow_logging import hide_remarks

LONG_SIDE = 512  # pixels of what is converted
INCHES = 2.2  # width of an image

PHOTOGRAPHS = {
    "kodak_portra_400": data.astronaut,
    "fujifilm_200": data.coffee,
    "kodak_gold_200": data.chelsea,
    "kodak_ektar_100": data.rocket,
}
EXPOSURES = (0.0, 1.0, 0.5, -0.5)  # stops

Row = tuple[str, np.ndarray, np.ndarray | None]
"""Title, scan and truth, (H, W, 3) float32 sRGB in [0, 1]."""


def simulated() -> list[Row]:
    rows = []
    for (stock, photograph), stops in zip(PHOTOGRAPHS.items(), EXPOSURES, strict=True):
        photo = downscale_to(photograph(), LONG_SIDE)
        title = f"{stock.replace('_', ' ')}, {stops:+g} stops"
        rows.append((title, simulate(photo, stock, exposure_stops=stops), photo))
    return rows


def draw(rows: list[Row], converter: NegativeConverter, model: str) -> plt.Figure:
    """A row per scan: the scan, the converters' results and the truth."""
    converters = {model: converter.run, **CLASSICAL}
    columns = 1 + len(converters) + any(truth is not None for *_, truth in rows)
    figure, axes = plt.subplots(
        len(rows),
        columns,
        figsize=(INCHES * columns, INCHES * 0.85 * len(rows)),
        squeeze=False,
        layout="constrained",
    )
    for ax in axes.flat:
        ax.set_axis_off()
    for line, (title, scan, truth) in zip(axes, rows, strict=True):
        line[0].imshow(scan)
        line[0].set_title(title, fontsize=8)
        for ax, (name, convert) in zip(line[1:], converters.items(), strict=False):
            result = convert(scan)
            ax.imshow(result)
            figures = "" if truth is None else f", ΔE {compare(result, truth).delta_e:.1f}"
            ax.set_title(name + figures, fontsize=8)
        if truth is not None:
            line[-1].imshow(truth)
            line[-1].set_title("truth", fontsize=8)
    return figure


def main() -> None:
    """Reads the command line and writes the sheet."""
    hide_remarks()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scans", type=Path, nargs="*")
    parser.add_argument("--output", type=Path, required=True, help="PNG or JPEG")
    parser.add_argument("--model", default=DEFAULT_MODEL)
    options = parser.parse_args()
    try:
        rows = [(file.name, downscale_to(read(file), LONG_SIDE), None) for file in options.scans]
        figure = draw(rows or simulated(), load_converter(options.model), Path(options.model).name)
    except NegcolorError as error:
        parser.error(str(error))
    figure.savefig(options.output, dpi=110)


if __name__ == "__main__":
    main()
