"""What a companion paper's system consists of, layer by layer, beside what the papers state.

Keras is imported where a network is built, so that bad options are refused at once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from negcolor.experiments.modifications import DiscriminatorConfig
from negcolor.experiments.networks import (
    ArchaeologyCnn,
    ArchaeologyGenerator,
    Discriminator,
    Generator,
    Koalarization,
)
from negcolor.experiments.phases import Cycle, Gan, Optimizer, Phase, Regression, Wgan
from negcolor.experiments.systems import SYSTEMS, System
from negcolor.reporting.tables import Section, as_markdown, as_text
from negcolor.summary.layer_table import NetworkReport, network_report, network_section


@dataclass(frozen=True)
class SystemReport:
    """The networks of a system; None for one that was not asked for or that it does not have.

    Of a `Cycle` they are those that make and judge images in color.
    """

    system: System
    image_size: int
    generator: NetworkReport | None
    discriminator: NetworkReport | None

    @property
    def title(self) -> str:
        """The system's name and what it is."""
        return f"{self.system.name}: {self.system.description}"

    def networks(self) -> dict[str, NetworkReport]:
        """The networks that there are, by name."""
        both = {"generator": self.generator, "discriminator": self.discriminator}
        return {name: network for name, network in both.items() if network}


def system_report(
    system: System, image_size: int | None = None, network: str = "both"
) -> SystemReport:
    """Builds a system's "generator", "discriminator" or "both" and lists their layers.

    Pretrained networks get random weights here. `image_size` is the side in pixels of the
    images; None for the system's.

    Raises:
        NegcolorError: the image size does not fit, or keras-hub is missing.
    """
    size = system.image_size if image_size is None else image_size
    in_color = any(isinstance(phase.step, Cycle) for phase in system.phases)
    generator = discriminator = None
    if network != "discriminator":
        generator = _generator_report(system.generator, size, 3 if in_color else 2)
    if network != "generator" and system.discriminator:
        discriminator = _judge_report(system.discriminator, size, 3 if system.conditional else 2)
    return SystemReport(system, size, generator, discriminator)


@cache  # systems share networks
def _generator_report(config: Generator, size: int, outputs: int) -> NetworkReport:
    from negcolor.networks.factory import build_colorizer

    return network_report(build_colorizer(config, size, outputs=outputs), size)


@cache
def _judge_report(config: Discriminator, size: int, channels: int) -> NetworkReport:
    from negcolor.networks.factory import build_color_discriminator

    report = network_report(build_color_discriminator(config, size, channels), size)
    if isinstance(config, DiscriminatorConfig):
        report = dataclasses.replace(report, receptive_field=config.receptive_field)
    return report


def system_to_json(report: SystemReport) -> dict[str, Any]:
    """The report as a dictionary that `json.dumps` takes."""
    system = report.system
    return {
        "system": system.name,
        "description": system.description,
        "papers": list(system.papers),
        "image_size": report.image_size,
        "backbones": list(system.backbones()),
        "assumptions": list(system.assumptions),
        "statements": [
            dict(zip(("what", "negcolor", "paper"), row, strict=True))
            for row in _statements(report)
        ],
        **{name: network.to_json() for name, network in report.networks().items()},
    }


def system_to_text(report: SystemReport) -> str:
    """The report as tables for a terminal of 100 columns."""
    return "\n".join([report.title, "", *(as_text(part, 100) for part in _sections(report))])


def system_to_markdown(report: SystemReport) -> str:
    """The report as a Markdown document."""
    return "\n".join([f"## {report.title}", "", *(as_markdown(part) for part in _sections(report))])


def _sections(report: SystemReport) -> list[Section]:
    sections = [network_section(*item, report.image_size) for item in report.networks().items()]
    if rows := _statements(report):
        header = ("", "negcolor", "paper")
        sections.append(Section("Beside what the papers state", header, tuple(rows)))
    if report.system.assumptions:
        sections.append(Section("Where the papers leave it open", points=report.system.assumptions))
    return sections


def _statements(report: SystemReport) -> list[tuple[str, str, str]]:
    """(what, as built, as the papers state it) where they do."""
    rows = []
    if report.generator:
        rows += _generator_statements(report.system.generator, report.generator)
    if network := report.discriminator:
        if field := network.receptive_field:
            size = _by((report.image_size, report.image_size))
            logits = _by(network.layers[-1].output_shape[:2])
            rows.append((f"logits of {size} pixels", logits, "30×30 of 256×256 (001)"))
            rows.append(("pixels that a logit sees", _by((field, field)), "70×70 (001, 002)"))
        else:
            rows.append(("discriminator's parameters", _trained(network), "7,000,000 (004, 5.2)"))
    return rows


def _generator_statements(config: Generator, network: NetworkReport) -> list[tuple[str, str, str]]:
    match config:
        case Koalarization(inception=True):
            shapes = {row.name: row.output_shape for row in network.layers}
            volume = _by(shapes["Features_and_embedding"])
            return [("features and embedding", volume, "H/8×W/8×1257 (003, 5.3.4)")]
        case ArchaeologyGenerator():
            return [("generator's parameters", _trained(network), "roughly 11,000,000 (004, 5.1)")]
        case ArchaeologyCnn():
            return [("generator's parameters", _trained(network), "about 210,000 (004, 6)")]
    return []


def _trained(network: NetworkReport) -> str:
    return f"{network.parameters - network.untrained_parameters:,} trained"


def _by(sides: tuple[int, ...]) -> str:
    return "×".join(map(str, sides))


def systems_markdown() -> str:
    """All systems in one Markdown table, with the parameters at their papers' sizes."""
    header = ("system", "papers", "what it is", "training", "generator", "discriminator")
    rows = []
    for system in SYSTEMS.values():
        networks = system_report(system).networks()
        generator = networks["generator"]
        frozen = generator.untrained_parameters if system.backbones() else 0
        parameters = f"{generator.parameters - generator.untrained_parameters:,}"
        judge = networks.get("discriminator")
        rows.append(
            (
                f"`{system.name}`",
                ", ".join(system.papers),
                system.description,
                "; ".join(map(_phase_words, system.phases)) + f"; batches of {system.batch_size}",
                parameters + (f" + {frozen:,} not trained" if frozen else ""),
                f"{judge.parameters - judge.untrained_parameters:,}" if judge else "–",
            )
        )
    return as_markdown(Section("Systems", header, tuple(rows)))


def _phase_words(phase: Phase) -> str:
    """ "L1: 20 epochs, Adam 1e-4"."""
    rates = _optimizer_words(phase.generator)
    if phase.discriminator and phase.discriminator != phase.generator:
        rates += f", discriminator {_optimizer_words(phase.discriminator)}"
    match phase.step:
        case Regression(weights=weights):
            kind = " + ".join(term.upper() for term in weights)
        case Gan(weights=weights, generator_steps=steps):
            kind = "GAN" + _l1_words(weights)
            if steps > 1:
                rates += f", {steps} generator steps per discriminator step"
        case Wgan(weights=weights) as step:
            kind = "WGAN" + _l1_words(weights)
            rates += f", {step.critic_steps} critic steps per generator step"
            if step.clip:
                rates += f", weights within ±{step.clip:g}"
            if step.gradient_penalty:
                rates += f", gradient penalty × {step.gradient_penalty:g}"
        case Cycle() as step:
            kind = f"GAN + {step.cycle_weight:g} cycle + {step.detail_weight:g} detail"
    return f"{kind}: {phase.length} epochs, {rates}"


def _l1_words(weights: Mapping[str, float]) -> str:
    return f" + {weights['l1']:g} L1" if weights.get("l1") else ""


def _optimizer_words(optimizer: Optimizer) -> str:
    name = {"adam": "Adam", "rmsprop": "RMSprop", "sgd": "SGD"}[optimizer.kind]
    return f"{name} {optimizer.rate:g}"
