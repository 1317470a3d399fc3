"""What is known about where a model comes from: what its run folder records.

Nothing of it says in whose folders the run or its data lie.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from negcolor.errors import NegcolorError
from negcolor.experiments.config import ColorizationConfig, CycleGANConfig
from negcolor.experiments.run_folder import (
    METRICS,
    is_system_run,
    load_colorization_run,
    load_run,
)
from negcolor.experiments.systems import PAPERS, System
from negcolor.inference.compact import CARD, is_compact, read_description
from negcolor.reporting.tables import markdown_table

DEMO = (
    "the built-in demo roll, four photographs of scikit-image: motorcycle_left and rocket on "
    "simulated film, astronaut and coffee as they are"
)
SYSTEM_DEMO = "four photographs of scikit-image: motorcycle_left, rocket, astronaut and coffee"
DEMO_LICENSES = (
    "coffee: CC0, Rachel Michetti; astronaut: public domain, NASA; rocket: public domain, SpaceX; "
    "motorcycle_left: Middlebury Stereo 2014 (Scharstein et al.), for which scikit-image states no "
    "license"
)
NOT_RECORDED = "not recorded; whoever passes this model on should state it here"
TFDS = "tfds:"

Columns = Mapping[str, tuple[str, int]]
"""Metric in a run's figures.json -> heading and decimal places."""

COLUMNS: Columns = {"psnr": ("PSNR (dB)", 2), "ssim": ("SSIM", 3), "delta_e": ("mean ΔE2000", 2)}
SYSTEM_COLUMNS: Columns = {
    "ab_error": ("mean error of a*, b*", 3),
    "psnr": ("PSNR (dB)", 3),
    "ssim": ("SSIM", 3),
    "delta_e": ("mean ΔE2000", 3),
    "colorfulness": ("colorfulness", 3),
}


@dataclass(frozen=True)
class Provenance:
    """What a model card says about where a model comes from.

    Attributes:
        rows: of the card's first table, name and text.
        metrics: how good it is, a paragraph or a table.
    """

    rows: dict[str, str]
    metrics: str


UNKNOWN = Provenance(
    {
        "modification": "not known: exported from a file, without its run",
        "training data": "not known",
        "license of the training data": "not known; whoever passes this model on should find out",
    },
    "None are known.",
)


def find_provenance(model: Path) -> Provenance:
    """Of a run folder, what it records; of a compact model, where to read; of a file, `UNKNOWN`.

    Raises:
        NegcolorError: what the folder says about itself is missing or damaged.
    """
    if is_compact(model):
        return _compact_model(model)
    if not model.is_dir():
        return UNKNOWN
    is_system = is_system_run(model)
    try:
        with (model / "history.csv").open(newline="", encoding="utf-8") as file:
            *_, last = csv.DictReader(file)
        return (_system_run if is_system else _run)(model, last)
    except (NegcolorError, OSError, ValueError, KeyError, TypeError) as error:
        remedy = "put them back" + ("" if is_system else ", or name the .keras file itself")
        raise NegcolorError(
            f"{model} lacks a readable config.json, history.csv or {METRICS}, which the model card "
            f"is made of: {remedy}."
        ) from error


def _compact_model(model: Path) -> Provenance:
    card = f"see the {CARD} of {model.name}"
    rows = {
        "made from": f"the compact model {model.name}: {read_description(model).text}",
        "training data": card,
        "license of the training data": card,
    }
    return Provenance(rows, f"The {CARD} of {model.name} has them.")


def _run(run: Path, last: Mapping[str, str]) -> Provenance:
    """Of a CycleGAN's run; `last` is the last row of its history."""
    config = load_run(run, {})
    rows = _architecture(config) | {"training": _training(config, last)} | _data(config.data, DEMO)
    beginning = (
        "Generator G (negative to color) on the run's {} test picture(s),\n"
        "which were not trained on, beside classical converters:"
    )
    return Provenance(rows, f"{_held_out(run, beginning, COLUMNS)}\n\n{_losses(last)}")


def _system_run(run: Path, last: Mapping[str, str]) -> Provenance:
    """The same of a grey-to-color system's run."""
    config = load_colorization_run(run, {})
    system = config.configured_system()
    rows = {
        "system": f"{system.name}: {system.description}",
        "papers": "; ".join(f"{number} “{PAPERS[number]}”" for number in system.papers),
        "training": _system_training(config, system, last),
        "pretrained parts": _backbones(config, system),
        **_data(config.data, SYSTEM_DEMO),
    }
    beginning = "On the run's {} held-out picture(s), which were not trained on:"
    return Provenance(rows, f"{_held_out(run, beginning, SYSTEM_COLUMNS)}\n\n{_losses(last)}")


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


def _training(config: CycleGANConfig, last: Mapping[str, str]) -> str:
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


def _system_training(config: ColorizationConfig, system: System, last: Mapping[str, str]) -> str:
    phases = ", then ".join(f"{phase.name}, {phase.length} epochs" for phase in system.phases)
    steps = f" of {config.steps_per_epoch} steps" if config.steps_per_epoch else ""
    width = f", {config.filters} filters in place of 64" if config.filters else ""
    return (
        f"{phases}{steps}; the last one done up to epoch {last['epoch']}; pictures of "
        f"{system.image_size}×{system.image_size}, batches of {system.batch_size}{width}, "
        f"--precision {config.precision}, seed {config.seed}"
    )


def _backbones(config: ColorizationConfig, system: System) -> str:
    if not system.backbones():
        return "none"
    names = ", ".join(system.backbones())
    if config.backbone_weights == "none":
        return f"**{names} with RANDOM weights: this is not the system of the paper**"
    if config.backbone_weights == "keras":
        return f"{names}, weights of Keras' own download"
    return f"{names}, weights of {Path(config.backbone_weights).resolve().name}"


def _data(data: str, demo: str) -> dict[str, str]:
    """What --data named, without anybody's folders above it, and its license as far as known."""
    if data == "demo":
        text, license_ = demo, DEMO_LICENSES
    else:
        names = [_without_folders(source) for source in data.split(",")]
        text, license_ = ", ".join(names), NOT_RECORDED
        if all(name.startswith(TFDS) for name in names):
            license_ = "see the dataset's page in the catalog of TensorFlow Datasets"
    return {"training data": text, "license of the training data": license_}


def _without_folders(source: str) -> str:
    """The name of a cataloged dataset with "tfds:", of a folder alone."""
    folder = Path(source.removeprefix(TFDS))
    if source.startswith(TFDS) and not folder.is_absolute():
        return source
    return folder.resolve().name


def _held_out(run: Path, beginning: str, columns: Columns) -> str:
    """A table of metrics on images that were not trained on, if there are any.

    The sentence above it begins with `beginning`, where {} stands for their number.
    """
    file = run / METRICS
    if not file.exists():
        return "The run records no figures on pictures that were held out."
    record = json.loads(file.read_text(encoding="utf-8"))
    methods = record["figures"]
    known = [metric for metric in columns if all(metric in row for row in methods.values())]
    header = ("", *(columns[metric][0] for metric in known))
    rows = (
        (name, *(f"{row[metric]:.{columns[metric][1]}f}" for metric in known))
        for name, row in methods.items()
    )
    return f"{beginning.format(record['pictures'])}\n\n{markdown_table(header, rows)}"


def _losses(last: Mapping[str, str]) -> str:
    """The losses of a history's last row, with what they mean."""
    unit, *names = last
    losses = {name: last[name] for name in names if not name.startswith("learning rate")}
    table = markdown_table([*losses], [[f"{float(value):.3f}" for value in losses.values()]])
    return (
        f"Mean losses of the training's last round, up to {unit} {last[unit]}, on the training\n"
        "data, which show that the training ran, not how good its pictures are:\n\n" + table
    )
