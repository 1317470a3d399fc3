"""What the companion papers lack: budgets side by side, errors beside those of grey."""

from __future__ import annotations

import numpy as np

from negcolor.experiments.systems import find_system
from negcolor.reporting.tables import Section
from negcolor.studies.cells import per_cent, spread
from negcolor.studies.results import CompanionResults, CompanionRun

WHOLE = "all pictures"


def trained_table(results: CompanionResults) -> Section:
    """The budget of every run, beside the paper's."""
    rows = []
    for candidate in results.study.paper.candidates:
        system = find_system(candidate.system)
        config = results.study.config(candidate.name, results.study.seeds[0])
        paper_epochs = results.study.paper.epochs or sum(p.length for p in system.phases)
        ended = len(results.of(candidate.name))
        rows.append(
            (
                candidate.name,
                system.description,
                f"{config.epochs} ({paper_epochs})",
                str(config.steps_per_epoch or WHOLE),
                f"{config.batch_size} ({system.batch_size // candidate.batch_divisor})",
                f"{config.image_size} ({system.image_size})",
                f"{config.filters or 64} (64)",
                config.backbone_weights if system.backbones() else "",
                f"{ended} of {len(results.study.seeds)}",
            )
        )
    sentences = [
        "In brackets what the paper has, or what was chosen where it is silent: "
        "`negcolor-summary --system NAME` tells."
    ]
    if results.missing:
        names = ", ".join(f"{name} with seed {seed}" for name, seed in results.missing)
        sentences.append(f"Without a result: {names}.")
    return Section(
        "What was trained",
        (
            *("system", "what it is", "epochs", "steps per epoch", "batch", "size", "filters"),
            *("backbones", "runs that ended"),
        ),
        tuple(rows),
        (2, 3, 4, 5, 6),
        tuple(sentences),
    )


def color_table(results: CompanionResults) -> Section:
    """Errors, colorfulness and gamut on the images that were held out."""

    def row(name: str) -> tuple[str, ...]:
        def cell(metric: str, digits: int = 2, of: str = "system") -> str:
            return spread(results.values(name, lambda run: run.mean(metric, of)), digits)

        return (
            name,
            cell("ab_error"),
            cell("ab_error", of="grey"),
            per_cent(float(np.mean(results.values(name, _against_grey)))),
            cell("delta_e"),
            cell("colorfulness", 1),
            cell("colorfulness", 1, "truth"),
            per_cent(100 * float(np.mean(results.values(name, lambda run: run.mean("outside"))))),
        )

    header = (
        *("system", "ab error ↓", "of grey", "against grey", "ΔE2000 ↓", "colorfulness"),
        *("of the truth", "clipped pixels"),
    )
    return Section(
        "Colors of the held-out pictures",
        header,
        tuple(map(row, results.names)),
        tuple(range(1, len(header))),
        (
            "The ab error is the mean |Δa*| and |Δb*| in CIELAB's units, grey a result without "
            "colors. Colorfulness is Hasler and Süsstrunk's. Clipped are pixels whose color is "
            "not in sRGB.",
        ),
    )


def phase_table(results: CompanionResults) -> Section:
    """What the validation images look like at the end of each phase."""
    rows = []
    for name in results.names:
        runs = results.of(name)
        for phase, history in runs[0].phases.items():
            cells = [
                spread(run.at_end(phase, f"validation {column}") for run in runs)
                for column in ("ab error", "chroma")
            ]
            grey = spread(run.validation_of_grey["ab error"] for run in runs)
            truth = spread(run.chroma_of_truth for run in runs)
            epochs = str(max(map(len, history.values())))
            rows.append((name, phase, epochs, cells[0], grey, cells[1], truth))
    return Section(
        "Ends of the phases",
        (
            *("system", "phase", "epochs", "validation ab error ↓", "of grey", "chroma"),
            "of the truth",
        ),
        tuple(rows),
        (2, 3, 4, 5, 6),
        ("Means over the validation pictures after the last epoch of a phase.",),
    )


def _against_grey(run: CompanionRun) -> float:
    """By how many per cent a system's ab error is above that of grey."""
    return 100 * (run.mean("ab_error") / run.mean("ab_error", "grey") - 1)


def paper_sentence(results: CompanionResults) -> str:
    """What differs between the paper's numbers and those of the study."""
    paper, first = results.study.paper, results.runs[0]
    weights = {
        run.config.backbone_weights
        for run in results.runs
        if find_system(run.config.system).backbones()
    }
    backbones = {"keras": "pretrained", "none": "random"}
    used = [f"{backbones.get(name, f'from {name}')} backbones" for name in sorted(weights)]
    here = ", ".join([first.photographs, "the budget of the last table", *used])
    return (
        "The figures of the paper and of this study differ in data, budget and weights, and may "
        f"not be compared directly. Paper: {paper.published}. Here: {here}."
    )
