"""The text that goes with an exported model: what it is, where it comes from, what it is for."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as version_of
from pathlib import Path

from negcolor.errors import NegcolorError
from negcolor.experiments.config import CycleGANConfig
from negcolor.experiments.run_folder import METRICS, load_run
from negcolor.inference.compact import CARD, is_compact, read_description

DIRECTIONS = {
    "negative-to-color": ("scans of film negatives", "color photographs"),
    "color-to-negative": ("color photographs", "scans of film negatives"),
    "grey-to-color": ("black-and-white photographs", "color photographs"),
}
"""What a model takes and what it gives."""

DEMO = (
    "the built-in demo roll, four photographs of scikit-image: motorcycle_left and rocket on "
    "simulated film, astronaut and coffee as they are"
)
DEMO_LICENCES = (
    "coffee: CC0, Rachel Michetti; astronaut: public domain, NASA; rocket: public domain, SpaceX; "
    "motorcycle_left: Middlebury Stereo 2014 (Scharstein et al.), for which scikit-image states no "
    "license"
)
TFDS = "tfds:"
TEMPLATE = """\
# {name}, version {version}

Turns {source} into {result}.

| | |
|---|---|
| direction | {direction} |
{rows}
| generator's parameters | {parameters:,} |
| weights and arithmetic | float32 |
| exported | {date}, with negcolor {negcolor}, TensorFlow {tensorflow}, Keras {keras} |

## Figures

{figures}

## Signatures

| name | input | output |
|---|---|---|
| `serving_default` | `image`: float32 (N, H, W, 3) in [0, 1] | `image`: the same |
| `serve_uint8` | `image`: uint8 (N, H, W, 3) | `image`: the same |
| `serve_uint16` | `image`: uint16 (N, H, W, 3), by gRPC only | `image`: the same |
| `serve_image_bytes` | `image_bytes`: (N,) PNG (8 or 16 bits) or JPEG files, each of its own size \
| `image_bytes`: (N,) PNG files of the same sizes and depths |

All values are sRGB-encoded. Any height and width will do; scaling, padding and rounding are part of
the graph. Of a file only the pixels are used: grey becomes RGB, transparency, ICC profiles and EXIF
orientation are ignored.

## Use and limits

For {source} like those that it was trained on.
It judges a picture by everything that is in it, so crop film holders, sprocket holes and borders
away. It invents plausible colors and measures nothing: a result is no evidence of what a scene
looked like. A picture is converted in one pass, and the memory for it grows with its size.
"""


@dataclass(frozen=True)
class Provenance:
    """What a card says about where a model comes from.

    Attributes:
        rows: of the card's first table, name and text.
        figures: a paragraph or a table.
    """

    rows: dict[str, str]
    figures: str


UNKNOWN = Provenance(
    {
        "modification": "not known: exported from a file, without its run",
        "training data": "not known",
        "license of the training data": "not known; whoever passes this model on should find out",
    },
    "None are known.",
)


def model_card(
    name: str, version: int, direction: str, parameters: int, provenance: Provenance
) -> str:
    """The card in Markdown.

    Args:
        name: the served model's name.
        version: its version.
        direction: one of `DIRECTIONS`.
        parameters: how many the generator has.
        provenance: of a run, see `read_provenance`, or `UNKNOWN`.
    """
    source, result = DIRECTIONS[direction]
    return TEMPLATE.format(
        name=name,
        version=version,
        source=source,
        result=result,
        direction=direction.replace("-", " "),
        rows="\n".join(f"| {key} | {_cell(text)} |" for key, text in provenance.rows.items()),
        parameters=parameters,
        date=datetime.now(UTC).date(),
        figures=provenance.figures,
        **{package: version_of(package) for package in ("negcolor", "tensorflow", "keras")},
    )


def find_provenance(model: Path) -> Provenance:
    """Of a run folder, what it records; of a compact model, where to read; of a file, `UNKNOWN`.

    Raises:
        NegcolorError: what the folder says about itself is missing or damaged.
    """
    if is_compact(model):
        card = f"see the {CARD} of {model.name}"
        rows = {
            "made from": f"the compact model {model.name}: {read_description(model).text}",
            "training data": card,
            "license of the training data": card,
        }
        return Provenance(rows, f"The {CARD} of {model.name} has them.")
    return read_provenance(model) if model.is_dir() else UNKNOWN


def read_provenance(run: Path) -> Provenance:
    """What a run folder records.

    Raises:
        NegcolorError: its config.json or history.csv is missing or damaged.
    """
    try:
        config = load_run(run, {})
        with (run / "history.csv").open(newline="", encoding="utf-8") as file:
            *_, last = csv.DictReader(file)
        data, license = training_data(config.data)
        rows = {
            **_architecture(config),
            "training": _training(config, last),
            "training data": data,
            "license of the training data": license,
        }
        return Provenance(rows, "\n\n".join([*_held_out(run), losses_table(last)]))
    except (NegcolorError, OSError, ValueError, KeyError, TypeError) as error:
        raise NegcolorError(
            f"{run} lacks a readable config.json or history.csv, which the model card is made of: "
            "put them back, or name the .keras file itself."
        ) from error


def _architecture(config: CycleGANConfig) -> dict[str, str]:
    if config.start:  # a model without a config.json has not said what it is
        return {"modification": f"that of {Path(config.start).name}, from which it was adapted"}
    chosen = config.configured_modification()
    parts = (
        f"{part}: " + ", ".join(f"{field} = {value}" for field, value in fields.items())
        for part, fields in chosen.differences().items()
    )
    return {
        "modification": f"{chosen.name}: {chosen.description}",
        "differs from the baseline in": "; ".join(parts) or "nothing",
    }


def _training(config: CycleGANConfig, last: dict[str, str]) -> str:
    parts = []
    for phase in config.phases():
        images = "unpaired pictures" if phase.data == "unpaired" else "simulated pairs"
        parts.append(f"{phase.name}, {phase.length} {phase.unit}s on {images}")
    unit = next(iter(last))  # the first column of a history
    if unit not in ("epoch", "step"):
        raise KeyError(unit)
    start = f" from {Path(config.start).name}" if config.start else ""
    steps = f", epochs of {config.steps_per_epoch} steps" if config.steps_per_epoch else ""
    return (
        f"recipe {config.recipe}{start} ({', then '.join(parts)}), done up to {unit} "
        f"{last[unit]} of the last phase{steps}; {config.image_size}×{config.image_size} "
        f"crops, batches of {config.batch_size}, {config.gan_loss} loss, {config.schedule} "
        f"schedule, prior {config.prior}, film {config.film}, --precision {config.precision}, seed "
        f"{config.seed}"
    )


def training_data(data: str) -> tuple[str, str]:
    """What --data named, without anybody's folders above it, and its license as far as known."""
    if data == "demo":
        return DEMO, DEMO_LICENCES
    names = [_shown(source) for source in data.split(",")]
    text = ", ".join(names)
    if all(name.startswith(TFDS) for name in names):
        return text, "see the dataset's page in the catalog of TensorFlow Datasets"
    return text, "not recorded; whoever passes this model on should state it here"


def _shown(source: str) -> str:
    """The name of a catalogd dataset with "tfds:", of a folder alone."""
    folder = Path(source.removeprefix(TFDS))
    if source.startswith(TFDS) and not folder.is_absolute():
        return source
    return folder.resolve().name


def losses_table(row: dict[str, str]) -> str:
    """The losses of a history's last row, with what they mean."""
    unit, *names = row
    losses = {name: row[name] for name in names if not name.startswith("learning rate")}
    return (
        f"Mean losses of the training's last round, up to {unit} {row[unit]}, on the training\n"
        "data, which show that the training ran, not how good its pictures are:\n\n"
        f"| {' | '.join(losses)} |\n|{'---|' * len(losses)}\n"
        f"| {' | '.join(f'{float(value):.3f}' for value in losses.values())} |"
    )


def _held_out(run: Path) -> list[str]:
    """A table of generator G's figures on images that were not trained on, if there are any."""
    file = run / METRICS
    if not file.exists():
        return ["The run records no figures on pictures that were held out."]
    record = json.loads(file.read_text(encoding="utf-8"))
    lines = [
        f"Generator G (negative to color) on the run's {record['pictures']} test picture(s),\n"
        "which were not trained on, beside classical converters:\n",
        "| | PSNR (dB) | SSIM | mean ΔE2000 |",
        "|---|---|---|---|",
    ]
    for name, row in record["figures"].items():
        lines.append(f"| {name} | {row['psnr']:.2f} | {row['ssim']:.3f} | {row['delta_e']:.2f} |")
    return ["\n".join(lines)]


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
