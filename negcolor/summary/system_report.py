"""What a companion paper's system consists of beside what the papers state, and all in a table.

Keras is imported where a network is built, so that bad options are refused at once.
"""

from __future__ import annotations

from collections.abc import Mapping
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
from negcolor.reporting.tables import Section, as_markdown
from negcolor.summary.architecture import ArchitectureReport, NetworkReport, by, network_report

Statement = tuple[str, str, str]
"""What is counted, as built, as the papers state it."""


def system_report(
    system: System, image_size: int | None = None, network: str = "both"
) -> ArchitectureReport:
    """Builds a system's "generator", "discriminator" or "both" and lists their layers.

    Of a `Cycle` they are those that make images in color and tell them from real ones. Pretrained
    networks get random weights here. `image_size` is the side in pixels of the images; None for
    the system's.

    Raises:
        NegcolorError: the image size does not fit, or keras-hub is missing.
    """
    size = system.image_size if image_size is None else image_size
    in_color = any(isinstance(phase.step, Cycle) for phase in system.phases)
    networks = {}
    if network != "discriminator":
        outputs = 3 if in_color else 2
        networks["generator"] = _generator_report(system.generator, size, outputs)
    if network != "generator" and system.discriminator:
        channels = 3 if system.conditional else 2
        networks["discriminator"] = _discriminator_report(system.discriminator, size, channels)
    statements = _statements(system, size, networks)
    after = []
    if statements:
        header = ("", "negcolor", "paper")
        after.append(Section("Beside what the papers state", header, tuple(statements)))
    if system.assumptions:
        after.append(Section("Where the papers leave it open", points=system.assumptions))
    return ArchitectureReport(
        title=f"{system.name}: {system.description}",
        image_size=size,
        networks=networks,
        facts=_facts(system, size, statements),
        after=after,
    )


@cache  # systems share networks
def _generator_report(config: Generator, size: int, outputs: int) -> NetworkReport:
    from negcolor.networks.factory import build_colorizer

    return network_report(build_colorizer(config, size, outputs=outputs), size)


@cache
def _discriminator_report(config: Discriminator, size: int, channels: int) -> NetworkReport:
    from negcolor.networks.factory import build_color_discriminator

    field = config.receptive_field if isinstance(config, DiscriminatorConfig) else None
    return network_report(build_color_discriminator(config, size, channels), size, field)


def _facts(system: System, image_size: int, statements: list[Statement]) -> dict[str, Any]:
    return {
        "system": system.name,
        "description": system.description,
        "papers": list(system.papers),
        "image_size": image_size,
        "backbones": list(system.backbones()),
        "assumptions": list(system.assumptions),
        "statements": [
            dict(zip(("what", "negcolor", "paper"), row, strict=True)) for row in statements
        ],
    }


def _statements(
    system: System, image_size: int, networks: Mapping[str, NetworkReport]
) -> list[Statement]:
    """What there is where the papers state something."""
    rows = []
    if generator := networks.get("generator"):
        rows += _generator_statements(system.generator, generator)
    if discriminator := networks.get("discriminator"):
        if field := discriminator.receptive_field:
            size = by((image_size, image_size))
            logits = by(discriminator.layers[-1].output_shape[:2])
            rows.append((f"logits of {size} pixels", logits, "30×30 of 256×256 (001)"))
            rows.append(("pixels that a logit sees", by((field, field)), "70×70 (001, 002)"))
        else:
            trained = _trained(discriminator)
            rows.append(("discriminator's parameters", trained, "7,000,000 (004, 5.2)"))
    return rows


def _generator_statements(config: Generator, network: NetworkReport) -> list[Statement]:
    match config:
        case Koalarization(inception=True):
            shapes = {row.name: row.output_shape for row in network.layers}
            volume = by(shapes["Features_and_embedding"])
            return [("features and embedding", volume, "H/8×W/8×1257 (003, 5.3.4)")]
        case ArchaeologyGenerator():
            return [("generator's parameters", _trained(network), "roughly 11,000,000 (004, 5.1)")]
        case ArchaeologyCnn():
            return [("generator's parameters", _trained(network), "about 210,000 (004, 6)")]
    return []


def _trained(network: NetworkReport) -> str:
    return f"{network.trained_parameters:,} trained"


def systems_markdown() -> str:
    """All systems in one Markdown table, with the parameters at their papers' sizes."""
    header = ("system", "papers", "what it is", "training", "generator", "discriminator")
    rows = tuple(map(_table_row, SYSTEMS.values()))
    return as_markdown(Section("Systems", header, rows))


def _table_row(system: System) -> tuple[str, ...]:
    networks = system_report(system).networks
    generator, discriminator = networks["generator"], networks.get("discriminator")
    frozen = generator.untrained_parameters if system.backbones() else 0
    phases = "; ".join(map(_describe_phase, system.phases))
    return (
        f"`{system.name}`",
        ", ".join(system.papers),
        system.description,
        f"{phases}; batches of {system.batch_size}",
        f"{generator.trained_parameters:,}" + (f" + {frozen:,} not trained" if frozen else ""),
        f"{discriminator.trained_parameters:,}" if discriminator else "–",
    )


def _describe_phase(phase: Phase) -> str:
    """ "L1: 20 epochs, Adam 1e-4"."""
    rates = _describe_optimizer(phase.generator)
    if phase.discriminator and phase.discriminator != phase.generator:
        rates += f", discriminator {_describe_optimizer(phase.discriminator)}"
    match phase.step:
        case Regression(weights=weights):
            kind = " + ".join(term.upper() for term in weights)
        case Gan(weights=weights, generator_steps=steps):
            kind = "GAN" + _describe_l1(weights)
            if steps > 1:
                rates += f", {steps} generator steps per discriminator step"
        case Wgan(weights=weights) as step:
            kind = "WGAN" + _describe_l1(weights)
            rates += f", {step.critic_steps} critic steps per generator step"
            if step.clip:
                rates += f", weights within ±{step.clip:g}"
            if step.gradient_penalty:
                rates += f", gradient penalty × {step.gradient_penalty:g}"
        case Cycle() as step:
            kind = f"GAN + {step.cycle_weight:g} cycle + {step.detail_weight:g} detail"
    return f"{kind}: {phase.length} epochs, {rates}"


def _describe_l1(weights: Mapping[str, float]) -> str:
    return f" + {weights['l1']:g} L1" if weights.get("l1") else ""


def _describe_optimizer(optimizer: Optimizer) -> str:
    name = {"adam": "Adam", "rmsprop": "RMSprop", "sgd": "SGD"}[optimizer.kind]
    return f"{name} {optimizer.rate:g}"
