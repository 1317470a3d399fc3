"""What a modification's networks consist of beside what the paper states, and all compared.

Keras is imported where a network is built, so that bad options are refused at once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any

from negcolor.errors import NegcolorError
from negcolor.experiments.modifications import (
    BASELINE,
    MODIFICATIONS,
    DiscriminatorConfig,
    GeneratorConfig,
    Modification,
)
from negcolor.reporting.tables import Section, as_markdown, as_text
from negcolor.summary.architecture import ArchitectureReport, NetworkReport, network_report

# Where the paper contradicts itself, and what is done here.
NOTES = (
    "The text speaks of six residual blocks, Table I lists nine; the baseline has nine.",
    "Table III gives the baseline's generator 3.2 million parameters, but the nine residual blocks "
    "of Table I alone have 10.6 million; the networks follow Table I.",
    "Table III gives 12 layers to the generator with nine residual blocks and to the one with 9+3.",
    "Dropout and LeakyReLU have no weights, yet Table III gives the generators of modifications 5, "
    "11 and 19 more parameters than the baseline's.",
    "Modification 12 changes the optimization, yet Table III gives its generator one layer less "
    "and 0.1 million parameters more than the baseline's.",
    "Table III gives the baseline's discriminator four convolutions, Table II five; the four are "
    "read as the hidden ones.",
    "The text claims patches of 70×70 pixels, the kernels of Table II see 95×95; the baseline "
    "follows Table II, and patch-70 is a variant.",
    "One paragraph rules augmentation out, another lists its operations; it is on, and "
    "no-augmentation is a variant.",
    "The abstract says that neither SSIM nor PSNR was used, the introduction that both were.",
    "Equation 1 prints log log D where log D is meant.",
    "Table IV repeats the losses of G as those of F; for the baseline it says 3.9 to 4.1 where "
    "Table VII says 4.7 to 5.6.",
)


def modification_report(
    entry: Modification, image_size: int = 256, network: str = "both"
) -> ArchitectureReport:
    """Builds a modification's "generator", "discriminator" or "both" and lists their layers.

    `image_size` is the side in pixels of the square input that output shapes are given for.

    Raises:
        NegcolorError: the image size is not a multiple of 4 from 32 on.
    """
    if image_size % 4 or image_size < 32:
        raise NegcolorError(
            f"--image-size {image_size} does not fit the networks; give a multiple of 4 from 32 on."
        )
    networks = {}
    if network != "discriminator":
        networks["generator"] = _generator_report(entry.generator, image_size)
    if network != "generator":
        networks["discriminator"] = _discriminator_report(entry.discriminator, image_size)
    return ArchitectureReport(
        title=entry.name
        if entry.name == entry.description
        else f"{entry.name}: {entry.description}",
        image_size=image_size,
        networks=networks,
        facts=_facts(entry),
        before=[_differences_section(entry)],
        after=[
            _counts_section(entry, networks),
            Section("Inconsistencies of the paper", points=NOTES),
        ],
    )


@cache  # modifications share networks
def _generator_report(config: GeneratorConfig, image_size: int) -> NetworkReport:
    from negcolor.networks.generator import build_generator

    return network_report(build_generator(config), image_size)


@cache
def _discriminator_report(config: DiscriminatorConfig, image_size: int) -> NetworkReport:
    from negcolor.networks.discriminator import build_discriminator

    return network_report(build_discriminator(config), image_size, config.receptive_field)


def all_reports(image_size: int = 256) -> dict[str, ArchitectureReport]:
    """Key -> report of all modifications and variants."""
    return {key: modification_report(entry, image_size) for key, entry in MODIFICATIONS.items()}


def comparison_text(reports: Mapping[str, ArchitectureReport]) -> str:
    """One row per modification, for a terminal of 130 columns."""
    return "\n".join(as_text(part, 130) for part in _comparison(reports))


def comparison_markdown(reports: Mapping[str, ArchitectureReport]) -> str:
    """One row per modification and variant as Markdown tables; the README holds this text."""
    return "\n".join(map(as_markdown, _comparison(reports)))


def _facts(entry: Modification) -> dict[str, Any]:
    return {
        "modification": entry.key,
        "name": entry.name,
        "differences": entry.differences(),
        "paper": {
            "description": entry.description,
            "purpose": entry.purpose,
            "counts": dataclasses.asdict(entry.paper) if entry.paper else None,
            "notes": list(NOTES),
        },
    }


def _differences_section(entry: Modification) -> Section:
    rows = tuple(
        (part, name, _value(value), _value(getattr(getattr(BASELINE, part), name)))
        for part, fields in entry.differences().items()
        for name, value in fields.items()
    )
    purpose = f"Purpose: {entry.purpose}."
    sentences = (purpose,) if rows else ("None.", purpose)
    header = ("part", "field", "value", "baseline")
    return Section("Differences from the baseline", header, rows, sentences=sentences)


def _counts_section(entry: Modification, networks: Mapping[str, NetworkReport]) -> Section:
    layers, parameters, convolutions = _paper_counts(entry)
    rows = []
    if network := networks.get("generator"):
        counts = network.counts()
        kinds = " + ".join(f"{count} {kind}{'s' * (count > 1)}" for kind, count in counts.items())
        rows.append(("generator's layers", f"{kinds} = {counts.total()}", layers))
        rows.append(("generator's parameters", f"{network.parameters:,}", parameters))
    if network := networks.get("discriminator"):
        hidden = network.counts().total() - 1
        rows.append(("discriminator's convolutions", f"{hidden} hidden + 1 output", convolutions))
    sentences = ["Layers are those that convolve; a residual block is one."]
    if not entry.paper:
        where = "" if _is_numbered(entry) else "names this variant in its text only and "
        sentences.append(f"The paper {where}states no counts.")
    header = ("", "negcolor", "paper")
    return Section("Counts beside the paper's", header, tuple(rows), sentences=tuple(sentences))


def _comparison(reports: Mapping[str, ArchitectureReport]) -> list[Section]:
    header = (
        "key", "differs from the baseline in", "residual\nblocks", "generator\nparameters",
        "discriminator\nparameters", "receptive\nfield", "paper",
    )  # fmt: skip
    rows = {key: _comparison_row(MODIFICATIONS[key], reports[key]) for key in reports}
    numbered = tuple(row for key, row in rows.items() if _is_numbered(MODIFICATIONS[key]))
    variants = tuple(row[:6] for key, row in rows.items() if not _is_numbered(MODIFICATIONS[key]))
    legend = (
        "A discriminator's convolutions are its hidden ones, as kernel size/stride. The paper's "
        "counts (Table III) are the generator's layers and parameters and the discriminator's "
        "convolutions."
    )
    numeric = (2, 3, 4, 5)
    return [
        Section("Baseline and modifications of the paper", header, numbered, numeric, (legend,)),
        Section("Named variants", header[:6], variants, numeric),
    ]


def _comparison_row(entry: Modification, report: ArchitectureReport) -> tuple[str, ...]:
    differences = "; ".join(
        f"{part}: " + ", ".join(f"{name}={_value(value)}" for name, value in fields.items())
        for part, fields in entry.differences().items()
    )
    layers, parameters, convolutions = _paper_counts(entry)
    return (
        entry.key,
        differences or "–",
        str(entry.generator.residual_blocks),
        *(f"{network.parameters:,}" for network in report.networks.values()),
        str(entry.discriminator.receptive_field),
        f"{layers} layers, {parameters}, {convolutions} conv." if entry.paper else "–",
    )


def _is_numbered(entry: Modification) -> bool:
    """Whether it has a row in the paper's tables; the others are named variants."""
    return entry.key.isdigit()


def _paper_counts(entry: Modification) -> tuple[str, str, str]:
    """The generator's layers and parameters, and the discriminator's convolutions."""
    if not (paper := entry.paper):
        return "–", "–", "–"
    millions = f"{paper.generator_parameters_millions:g} M"
    return str(paper.generator_layers), millions, str(paper.discriminator_convolutions)


def _value(value: Any) -> str:
    """A configuration's value in short: ((4, 2), (4, 1)) as "4/2 4/1"."""
    if isinstance(value, tuple):
        return " ".join("/".join(map(str, v)) if isinstance(v, tuple) else v for v in value)
    if isinstance(value, bool):
        return "on" if value else "off"
    return "none" if value is None else str(value)
