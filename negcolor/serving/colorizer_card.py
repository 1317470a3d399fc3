"""What the card of an exported colorizer says about where it comes from."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from negcolor.errors import NegcolorError
from negcolor.experiments.config import ColorizationConfig
from negcolor.experiments.run_folder import METRICS, load_colorization_run
from negcolor.experiments.systems import PAPERS, System
from negcolor.serving.model_card import Provenance, losses_table, training_data

DEMO = "four photographs of scikit-image: motorcycle_left, rocket, astronaut and coffee"
HEADINGS = {
    "ab_error": "mean error of a*, b*",
    "psnr": "PSNR (dB)",
    "ssim": "SSIM",
    "delta_e": "mean ΔE2000",
    "colorfulness": "colorfulness",
}
"""The figures that a card shows, by their names in a run's figures.json."""


def read_system_provenance(run: Path) -> Provenance:
    """What the run folder of a grey-to-color system records.

    Raises:
        NegcolorError: its config.json or history.csv is missing, or one of its files damaged.
    """
    try:
        config = load_colorization_run(run, {})
        system = config.configured_system()
        with (run / "history.csv").open(newline="", encoding="utf-8") as file:
            *_, last = csv.DictReader(file)
        data, license = training_data(config.data)
        if config.data == "demo":
            data = DEMO
        rows = {
            "system": f"{system.name}: {system.description}",
            "papers": "; ".join(f"{number} “{PAPERS[number]}”" for number in system.papers),
            "training": _training(config, system, last),
            "pretrained parts": _backbones(config, system),
            "training data": data,
            "license of the training data": license,
        }
        return Provenance(rows, "\n\n".join([_held_out(run), losses_table(last)]))
    except (NegcolorError, OSError, ValueError, KeyError, TypeError) as error:
        raise NegcolorError(
            f"{run} lacks a readable config.json, history.csv or {METRICS}, which the model card "
            "is made of: put them back."
        ) from error


def _training(config: ColorizationConfig, system: System, last: dict[str, str]) -> str:
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


def _held_out(run: Path) -> str:
    """A table of the figures on images that were not trained on, if there are any."""
    file = run / METRICS
    if not file.exists():
        return "The run records no figures on pictures that were held out."
    record = json.loads(file.read_text(encoding="utf-8"))
    lines = [
        f"On the run's {record['pictures']} held-out picture(s), which were not trained on:\n",
        f"| | {' | '.join(HEADINGS.values())} |",
        f"|{'---|' * (len(HEADINGS) + 1)}",
    ]
    for name, row in record["figures"].items():
        values = (f"{row[key]:.3f}" for key in HEADINGS)
        lines.append(f"| {name} | {' | '.join(values)} |")
    return "\n".join(lines)
