"""The report of a study: study.html, study.md with its images, study.json."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from negcolor.evaluation.inception import Inception
from negcolor.experiments import published
from negcolor.reporting.document import Document, Image, write_document
from negcolor.reporting.tables import Section
from negcolor.studies import (
    ablation_quality,
    ablation_tables,
    companion_quality,
    companion_tables,
    plots,
)
from negcolor.studies.inception_metrics import with_inception_metrics, with_kid
from negcolor.studies.results import (
    AblationResults,
    CompanionResults,
    read_ablation_run,
    read_companion_run,
    read_results,
)
from negcolor.studies.study import AblationStudy, CompanionStudy
from negcolor.studies.study_options import load_study

NAME = "study"


def write_report(folder: Path, inception: Inception | None = None) -> list[Path]:
    """Writes the report into a study's folder, from its run folders; TensorFlow is not needed.

    Args:
        folder: the study's.
        inception: for KID, or for FID and Inception Score where a companion paper has them.

    Returns:
        The three documents.

    Raises:
        NegcolorError: the folder is no study, no run has ended, a run is damaged, or the folder
            cannot be written.
    """
    study = load_study(folder)
    if isinstance(study, AblationStudy):
        ablation = read_results(folder, study, read_ablation_run)
        if inception is not None:
            ablation = with_kid(ablation, inception)
        document = ablation_document(ablation)
    else:
        assert isinstance(study, CompanionStudy)
        companion = read_results(folder, study, read_companion_run)
        if inception is not None and study.paper.distributions:
            companion = with_inception_metrics(companion, inception)
        document = companion_document(companion)
    return write_document(folder, NAME, document)


def ablation_document(results: AblationResults) -> Document:
    """The report of a study of modifications."""
    blocks: list[Section | Image] = [
        ablation_quality.summary(results),
        ablation_tables.architecture_table(results),
        ablation_tables.generator_table(results),
        ablation_tables.discriminator_table(results),
    ]
    images = plots.ablation_images(results)
    if images:
        caption = "The first test pictures: negative, truth, and what each modification makes."
        blocks.append(Image("Table VI: pictures", "pictures.jpg", images, caption))
    blocks.append(ablation_tables.range_table(results))
    blocks += [ablation_tables.test_table(results, network) for network in ablation_tables.NETWORKS]
    caption = "Losses over the epochs, means over the seeds."
    blocks.append(Image("Loss curves", "losses.png", plots.loss_curves(results), caption))
    if ablation_quality.has_truths(results):
        scatter = plots.loss_and_quality(results)
        caption = "Each modification by its number; the baseline is red."
        blocks += [
            ablation_quality.test_loss_table(results),
            ablation_quality.quality_table(results),
            ablation_quality.correlation_table(results),
            Image("Loss and quality", "loss-and-quality.png", scatter, caption),
        ]
    else:
        blocks.append(Section("Ranking by quality", sentences=(ablation_quality.NO_TRUTHS,)))
    record = results.record() | _statistics(results)
    return Document("Ablation study", _introduction(results), blocks, record)


def _introduction(results: AblationResults) -> str:
    study = results.study
    budget = ", ".join(
        f"{name.replace('_', ' ')} {value}"
        for name, value in study.budget.items()
        if value is not None
    )
    seeds = ", ".join(map(str, study.seeds))
    return (
        f"{len(results.names)} modifications, seeds {seeds}, {len(results.runs)} runs under one "
        f"budget: {budget}. The paper trained 20 epochs at 256×256 pixels and does not say how "
        "often."
    )


def _statistics(results: AblationResults) -> dict[str, Any]:
    """What study.json says beside the raw numbers."""
    losses = {kind: ablation_tables.mean_loss(kind) for kind in ablation_tables.NETWORKS}
    measures = dict(losses)
    if ablation_quality.has_truths(results):
        measures["delta_e"] = ablation_quality.metric("delta_e")
    record: dict[str, Any] = {
        "against_baseline": {
            name: _records(ablation_tables.comparisons(results, measure))
            for name, measure in measures.items()
        },
        "reductions_per_cent": {
            kind: {
                "here": ablation_tables.reduction(results, published.RECOMMENDED, losses[kind]),
                "paper": paper,
            }
            for kind, paper in published.REDUCTIONS.items()
        },
    }
    if ablation_quality.has_truths(results):
        record["rank_correlations"] = {
            loss: _records(found) for loss, found in ablation_quality.correlations(results).items()
        }
    return record


def _records(found: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    return {name: dataclasses.asdict(value) for name, value in found.items()}


def companion_document(results: CompanionResults) -> Document:
    """The report of a study of a companion paper's systems."""
    paper = results.study.paper
    tables = [
        *companion_tables.paper_tables(results),
        companion_quality.color_table(results),
        companion_quality.phase_table(results),
    ]
    trained = companion_quality.trained_table(results)
    curves = Image(
        "Errors over the epochs",
        "errors.png",
        plots.error_curves(results),
        "Of the validation pictures, means over the seeds.",
    )
    images = Image(
        "Pictures",
        "pictures.jpg",
        plots.companion_images(results),
        "The first held-out pictures: grey, what each system makes of it, and the truth.",
    )
    sections = [dataclasses.asdict(section) for section in (*tables, trained)]
    return Document(
        f"{paper.number}: {paper.title}",
        companion_quality.paper_sentence(results),
        [*tables, curves, images, trained],
        results.record() | {"tables": sections},
    )
