"""The report of a study of modifications, as `negcolor.reporting.document` writes it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from negcolor.evaluation.inception import Inception
from negcolor.experiments.published_losses import BEST, PAPER_REDUCTIONS
from negcolor.reporting.document import Document, Image, write_document
from negcolor.reporting.tables import Section
from negcolor.studies import ablation_plots, ablation_quality, ablation_tables
from negcolor.studies.ablation_kid import with_kid
from negcolor.studies.ablation_options import as_record
from negcolor.studies.ablation_results import Results, read_results


def write_report(study: Path, judge: Inception | None = None) -> list[Path]:
    """Writes the report into the study's folder, from its run folders; TensorFlow is not needed.

    Args:
        study: the study's folder.
        judge: computes KID, if given.

    Returns:
        The three documents.

    Raises:
        NegcolorError: no run has ended, a run is damaged, or the folder cannot be written.
    """
    results = read_results(study)
    if judge is not None:
        results = with_kid(study, results, judge)
    document = Document(
        "Ablation study", _introduction(results), _blocks(study, results), as_json(results)
    )
    return write_document(study, "study", document)


def _blocks(study: Path, results: Results) -> list[Section | Image]:
    blocks: list[Section | Image] = [
        ablation_quality.summary(results),
        ablation_tables.architecture_table(results),
        ablation_tables.generator_table(results),
        ablation_tables.discriminator_table(results),
    ]
    grid = ablation_plots.image_grid(study, results)
    if grid:
        caption = "The first test pictures: negative, truth, and what each modification makes."
        blocks.append(Image("Table VI: pictures", "pictures.jpg", grid, caption))
    blocks.append(ablation_tables.range_table(results))
    blocks += [ablation_tables.test_table(results, network) for network in ablation_tables.NETWORKS]
    curves = ablation_plots.loss_curves(results)
    caption = "Losses over the epochs, means over the seeds."
    blocks.append(Image("Loss curves", "losses.png", curves, caption))
    if not results.has_truths:
        return [*blocks, Section("Ranking by quality", sentences=(ablation_quality.NO_TRUTHS,))]
    scatter = ablation_plots.loss_and_quality(results)
    caption = "Each modification by its number; the baseline is red."
    return [
        *blocks,
        ablation_quality.test_loss_table(results),
        ablation_quality.quality_table(results),
        ablation_quality.correlation_table(results),
        Image("Loss and quality", "loss-and-ablation_quality.png", scatter, caption),
    ]


def _introduction(results: Results) -> str:
    record = as_record(results.options)
    budget = ", ".join(
        f"{name.replace('_', ' ')} {value}"
        for name, value in record["budget"].items()
        if value is not None
    )
    seeds = ", ".join(map(str, record["seeds"]))
    return (
        f"{len(results.keys)} modifications, seeds {seeds}, {len(results.runs)} runs under one "
        f"budget: {budget}. The paper trained 20 epochs at 256×256 pixels and does not say how "
        "often."
    )


def as_json(results: Results) -> dict[str, Any]:
    """The study's raw numbers and statistics; what is not known is NaN."""
    measures = {kind: ablation_tables.mean_loss(kind) for kind in ablation_tables.NETWORKS}
    if results.has_truths:
        measures["delta_e"] = ablation_quality.figure("delta_e")
    record = {
        "options": as_record(results.options),
        "runs": [dataclasses.asdict(run) for run in results.runs],
        "missing": [{"modification": key, "seed": seed} for key, seed in results.missing],
        "against_baseline": {
            name: _records(ablation_tables.comparisons(results, measure))
            for name, measure in measures.items()
        },
        "reductions_per_cent": {
            kind: {
                "here": ablation_tables.reduction(results, BEST, ablation_tables.mean_loss(kind)),
                "paper": paper,
            }
            for kind, paper in PAPER_REDUCTIONS.items()
        },
    }
    if results.has_truths:
        record["rank_correlations"] = {
            loss: _records(found) for loss, found in ablation_quality.correlations(results).items()
        }
    return record


def _records(found: dict[str, Any]) -> dict[str, dict[str, float]]:
    return {name: dataclasses.asdict(value) for name, value in found.items()}
