"""Makes the model that comes with the package, of a run and of an evaluation of it.

    negcolor-evaluate --model RUN --classical all --data BENCHMARK --output REPORT
    python tools/ship_model.py RUN --report REPORT --output saved_models/film

BENCHMARK is what tools/make_benchmark.py writes. The folder gets the generator with its weights in
float16 and a model card.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from negcolor.errors import NegcolorError
from negcolor.experiments.config import CycleGANConfig
from negcolor.experiments.phases import Regression
from negcolor.experiments.run_folder import load_run
from negcolor.film.stocks import STOCKS
from negcolor.inference.compact import save_compact
from negcolor.inference.models import load_generator
from negcolor.reporting.tables import markdown_table
from negcolor.tensorflow_logging import hide_remarks

TEXT = "color and black-and-white negatives of any film, scanner and exposure"
CARD = """\
# {name}

Turns scans of film negatives into color photographs:
{text}.
`negcolor-colorize` uses it where no other model is named.

| | |
|---|---|
| network | generator of {modification}, {filters} filters, on a density prior |
| parameters | {parameters:,}, stored in float16 |
| size of the training pictures | {side}×{side} pixels and smaller |

## Training

{phases}

Trained on two processor cores, in bfloat16 with float32 weights. Every pair was simulated on the
fly (`negcolor.film.random_film`): a photograph on one of {stocks} film stocks, color or
black-and-white, over- or under-exposed, now and then in the wrong light, pushed or expired, with
grain, dust, scratches, frame and perforations, scanned by a scanner drawn at random and stored with
some encoding and depth. No real negative was used.

## Data and licenses

The 361 photographs that it was trained on:

- Cloudinary Image Dataset '22 (CID22), CC BY-SA 4.0;
- CLIC 2025, Unsplash license;
- Budgie backgrounds, CC0;
- clothing-dataset-small, phone photographs of clothing, free for any purpose.

Film curves: fits to data sheets digitized by OwlMightyCh (film-scan-calibration), CC BY 4.0. No
photograph can be got back from the weights, as far as is known; whoever is bound by CC BY-SA's
share-alike for models should take note of the first source.

## Figures

On {pictures} simulated negatives of 33 photographs that it was not trained on
(`tools/make_benchmark.py`): all stocks, exposures from −1 to +2 stops, three ways to store a scan.
Means with 95 % bootstrap intervals, the negatives taken as independent; ΔE is CIEDE2000. The same
photographs were looked at while the training was steered, so the figures are a little optimistic.

{methods}

By stock, way of storing and exposure (stops), each beside the best classical converter there:

{groups}

## Limits

- The negatives of the table are simulated by the same program that made the training pairs, with
  the same film curves. On real scans there is no truth to measure by.
- Exposure and color of light are guessed from one picture. Night, snow, sunsets and pictures of
  one color are drawn towards the ordinary; `--roll` and the trims are there for that.
- Slide film, prints, color films unlike the nine (Harman Phoenix, redscale, cross-processed) and
  infrared were not in the training.
- It fills dust of a few pixels at best, and smooths strong grain a little. Above 1024 pixels
  `negcolor-colorize` takes only colors from it and all detail from the scan.
- It invents nothing on purpose, and measures nothing either: a result is no evidence of what a
  scene looked like.
"""


def mean(summary: dict[str, Any], metric: str) -> float:
    return summary["metrics"][metric]["mean"]


def methods_table(methods: dict[str, Any]) -> str:
    """All methods by PSNR, SSIM and ΔE2000."""
    rows = []
    for method, summary in methods.items():
        cells = [method]
        for metric, digits in {"psnr": 1, "ssim": 3, "delta_e": 1}.items():
            low, high = summary["metrics"][metric]["interval"]
            cells.append(f"{mean(summary, metric):.{digits}f} ({low:.{digits}f}–{high:.{digits}f})")
        rows.append(cells)
    return markdown_table(("", "PSNR (dB)", "SSIM", "mean ΔE2000"), rows, range(1, 4))


def groups_table(groups: dict[str, Any], model: str) -> str:
    """Of each group, the model's metrics and those of the best other method."""
    header = ("", "pictures", "ΔE2000", "classical", "PSNR", "classical", "SSIM", "classical")
    rows = []
    for trait in ("stock", "scanner", "exposure_stops"):
        for group in groups.get(trait, []):
            own = group["methods"][model]
            others = [s for name, s in group["methods"].items() if name != model]
            cells = [f"{group['value']}", f"{own['pictures']}"]
            for metric, digits, best in (("delta_e", 1, min), ("psnr", 1, max), ("ssim", 3, max)):
                cells.append(f"{mean(own, metric):.{digits}f}")
                cells.append(f"{best(mean(other, metric) for other in others):.{digits}f}")
            rows.append(cells)
    return markdown_table(header, rows, range(1, len(header)))


def phases_text(config: CycleGANConfig) -> str:
    """The phases of the run, one line each."""
    lines = []
    for phase in config.phases():
        if not isinstance(phase.step, Regression):
            raise ValueError(f"phase {phase.name} is not one of a shipped model")
        weights = ", ".join(f"{weight:g} {name}" for name, weight in phase.step.weights.items())
        lines.append(
            f"- {phase.name}: {phase.length:,} steps, batches of {phase.batch_size}, pictures of "
            f"{phase.image_size}×{phase.image_size} pixels, learning rate "
            f"{phase.generator.rate:g}; {weights}"
        )
    return "\n".join(lines)


def main() -> None:
    """Reads the command line and writes the model's folder."""
    hide_remarks()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path, help="run folder of negcolor-train")
    parser.add_argument("--report", type=Path, required=True, help="folder of negcolor-evaluate")
    parser.add_argument("--output", type=Path, required=True, help="new folder")
    options = parser.parse_args()
    try:
        config = load_run(options.run, {})
        generator = load_generator(options.run)
        modification = config.configured_modification()
        report = json.loads((options.report / "report.json").read_text("utf-8"))
        (model,) = set(report["methods"]) & {str(options.run), options.run.name}
        card = CARD.format(
            stocks=len(STOCKS),
            name=options.output.name,
            text=TEXT,
            modification=modification.name,
            filters=modification.generator.filters,
            parameters=generator.count_params(),
            side=config.image_size,
            phases=phases_text(config),
            pictures=report["pictures"],
            methods=methods_table(report["methods"]),
            groups=groups_table(report["groups"], model),
        )
        save_compact(generator, modification.generator, options.output, text=TEXT, card=card)
    except (NegcolorError, OSError) as error:
        parser.error(str(error))
    size = sum(file.stat().st_size for file in options.output.iterdir())
    print(f"{options.output}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
