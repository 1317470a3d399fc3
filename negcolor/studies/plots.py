"""The drawings of a study's report, as small files."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator
from PIL import Image, ImageDraw, ImageFont

from negcolor.experiments.modifications import BASELINE, MODIFICATIONS
from negcolor.images.color import from_unit, to_unit
from negcolor.images.io import find_images, read
from negcolor.images.lab import lab_to_srgb, srgb_to_lab
from negcolor.images.resize import downscale_to
from negcolor.studies.ablation_quality import LOSS_MEASURES, RANKED_BY, metric
from negcolor.studies.results import HELD_OUT, AblationResults, CompanionResults, CompanionRun

DPI = 80
LOSS_PANELS = 5  # beside each other
ERROR_PANELS = 4
COLORS = {"G": "tab:blue", "F": "tab:orange", "D_X": "tab:green", "D_Y": "tab:red"}
ERROR = "validation ab error"

ABLATION_IMAGES = 5  # in a row of the grid: the paper shows as many
COMPANION_IMAGES = 8
THUMBNAIL = 96  # pixels of the longer side
GAP = 4
JPEG_QUALITY = 75


def loss_curves(results: AblationResults) -> bytes:
    """A panel per modification with the four losses, means over the seeds; a PNG."""
    sheet, panels = _panels(len(results.names), LOSS_PANELS, (2.4, 1.7), sharex=True)
    for key, panel in zip(results.names, panels, strict=True):
        for loss, color in COLORS.items():
            curve = np.mean([run.losses[loss] for run in results.of(key)], axis=0)
            epochs = np.arange(1, len(curve) + 1)
            panel.plot(epochs, curve, color=color, label=loss, linewidth=1, marker=".", ms=3)
        panel.set_yscale("log", subs=())
        panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        panel.yaxis.set_major_formatter("{x:g}")
        _finish(panel, MODIFICATIONS[key].name)
    sheet.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
    sheet.supxlabel("epoch", fontsize=8)
    return _small_png(sheet)


def loss_and_quality(results: AblationResults) -> bytes:
    """Every modification by its loss and the color difference of its images; a PNG."""
    sheet = Figure((6, 4.2), dpi=DPI, layout="constrained")
    axes = sheet.subplots()
    for key in results.names:
        x, y = (results.mean(key, m) for m in (LOSS_MEASURES[RANKED_BY], metric("delta_e")))
        axes.plot(x, y, "o", color="tab:red" if key == BASELINE.key else "tab:blue", ms=4)
        axes.annotate(key, (x, y), xytext=(4, 3), textcoords="offset points", fontsize=8)
    axes.set_xlabel("loss of G, last epoch")
    axes.set_ylabel("ΔE2000 of the test pictures")
    axes.grid(alpha=0.3)
    return _small_png(sheet)


def error_curves(results: CompanionResults) -> bytes:
    """A panel per system: the validation ab error over all its epochs, beside grey's; a PNG."""
    columns = min(ERROR_PANELS, len(results.names))
    sheet, panels = _panels(len(results.names), columns, (3, 2.2), margin=0.4)
    for name, panel in zip(results.names, panels, strict=True):
        _draw_errors(panel, results.of(name))
        _finish(panel, name)
    sheet.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    sheet.supxlabel("epoch, with the beginnings of the phases", fontsize=8)
    sheet.supylabel("mean |Δa*|, |Δb*|", fontsize=8)
    return _small_png(sheet)


def _draw_errors(panel: Axes, runs: Sequence[CompanionRun]) -> None:
    """The mean over the seeds, with a line where a phase begins."""
    curves = [np.concatenate([phase[ERROR] for phase in run.phases.values()]) for run in runs]
    curve = np.mean(curves, axis=0)
    grey = float(np.mean([run.validation_of_grey["ab error"] for run in runs]))
    epochs = np.arange(1, len(curve) + 1)
    panel.plot(epochs, curve, label="system", linewidth=1, marker=".", ms=4)
    panel.axhline(grey, color="grey", linestyle="--", linewidth=1, label="grey (a* = b* = 0)")
    begin = 0.5
    transform = panel.get_xaxis_transform()
    for name, phase in runs[0].phases.items():
        panel.axvline(begin, color="tab:orange", linewidth=0.8)
        label: dict[str, Any] = {"rotation": 90, "va": "top", "transform": transform}
        panel.text(begin, 0.97, f" {name}", fontsize=6, **label)
        begin += len(phase[ERROR])
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))


def _panels(
    count: int,
    columns: int,
    size: tuple[float, float],
    *,
    margin: float = 0.0,
    sharex: bool = False,
) -> tuple[Figure, Sequence[Axes]]:
    """A sheet of panels of that size, in inches, with common y-axes and room for a legend."""
    rows = math.ceil(count / columns)
    width, height = size
    inches = (width * columns + margin, height * rows + 0.6)
    sheet = Figure(inches, dpi=DPI, layout="constrained")
    panels = sheet.subplots(rows, columns, sharex=sharex, sharey=True, squeeze=False).ravel()
    for panel in panels[count:]:
        panel.set_axis_off()
    return sheet, list(panels[:count])


def _finish(panel: Axes, title: str) -> None:
    panel.set_title(title, fontsize=8)
    panel.tick_params(labelsize=7)
    panel.grid(alpha=0.3)


def _small_png(sheet: Figure) -> bytes:
    """A drawing with few colors."""
    drawn, small = BytesIO(), BytesIO()
    sheet.savefig(drawn, format="png")
    Image.open(drawn).convert("RGB").quantize(64).save(small, "PNG", optimize=True)
    return small.getvalue()


def ablation_images(results: AblationResults) -> bytes | None:
    """Table VI: negatives, truths, and a row per modification (first seed); a JPEG.

    None where there are no test images.
    """
    test = results.folder / "test"
    files = find_images(test) if test.is_dir() else []
    numbers = [file.stem.split("-")[0] for file in files if file.stem.endswith("-negative")]
    numbers = numbers[:ABLATION_IMAGES]
    if not numbers:
        return None
    rows = {name: [test / f"{n}-{name}.png" for n in numbers] for name in ("negative", "truth")}
    for key in results.names:
        folder = results.run_folder(results.of(key)[0]) / "results"
        rows[MODIFICATIONS[key].name] = [folder / f"{n}.png" for n in numbers]
    return _image_grid({name: [*map(_read_if_there, row)] for name, row in rows.items()})


def companion_images(results: CompanionResults) -> bytes:
    """Held-out images in grey, as each system colors them, and in truth (first seed); a JPEG."""
    seed = results.runs[0].seed
    folders = {
        run.name: results.run_folder(run) / "results" / HELD_OUT
        for run in results.runs
        if run.seed == seed
    }
    first = folders[results.runs[0].name]
    truths = [file for file in find_images(first) if file.stem.endswith("-truth")]
    truths = truths[:COMPANION_IMAGES]
    true = [*map(_read_if_there, truths)]
    rows = {"grey": [None if image is None else _without_colors(image) for image in true]}
    for name, folder in folders.items():
        files = (folder / f"{truth.stem.removesuffix('-truth')}.png" for truth in truths)
        rows[name] = [*map(_read_if_there, files)]
    return _image_grid(rows | {"truth": true})


def _without_colors(image: np.ndarray) -> np.ndarray:
    """(H, W, 3) -> its lightness, float32 sRGB."""
    return lab_to_srgb(srgb_to_lab(to_unit(image)) * np.array([1, 0, 0], "float32"))


def _read_if_there(file: Path) -> np.ndarray | None:
    """The image in a file, (H, W, 3); None where there is no file."""
    return read(file) if file.exists() else None


def _image_grid(rows: Mapping[str, Sequence[np.ndarray | None]]) -> bytes:
    """Rows of images with their names before them, a JPEG.

    Args:
        rows: images as `color.to_unit` takes them, (H, W, 3); None for a gap.
    """
    fonts = Path(matplotlib.get_data_path(), "fonts", "ttf")
    font = ImageFont.truetype(str(fonts / "DejaVuSans.ttf"), 11)
    left = 3 * GAP + round(max(font.getlength(name) for name in rows))
    strips = []
    thumbnails = {name: [_thumbnail(image) for image in row] for name, row in rows.items()}
    pitch = GAP + max(image.width for row in thumbnails.values() for image in row)
    for name, row in thumbnails.items():
        height = max(image.height for image in row)
        strip = Image.new("RGB", (left + len(row) * pitch, height + GAP), "white")
        ImageDraw.Draw(strip).text((GAP, height // 2), name, "black", font, anchor="lm")
        for column, image in enumerate(row):
            strip.paste(image, (left + column * pitch, 0))
        strips.append(np.asarray(strip))
    file = BytesIO()
    Image.fromarray(np.concatenate(strips)).save(file, "JPEG", quality=JPEG_QUALITY)
    return file.getvalue()


def _thumbnail(image: np.ndarray | None) -> Image.Image:
    """The image with at most THUMBNAIL pixels a side; a white one where there is none."""
    if image is None:
        return Image.new("RGB", (1, 1), "white")
    return Image.fromarray(from_unit(downscale_to(image, THUMBNAIL), "uint8"))
