"""The report of a study of modifications, as `negcolor.evaluation.studies.document` writes it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from negcolor.evaluation.ablation import figures, quality, tables
from negcolor.evaluation.ablation.kid import with_kid
from negcolor.evaluation.ablation.options import as_record
from negcolor.evaluation.ablation.paper import BEST, PAPER_REDUCTIONS
from negcolor.evaluation.ablation.results import Results, read_results
from negcolor.evaluation.inception import Inception
from negcolor.evaluation.studies.document import Document, Picture, write_document
from negcolor.networks.tables import Section


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
    return write_document(study, document)


def _blocks(study: Path, results: Results) -> list[Section | Picture]:
    blocks: list[Section | Picture] = [
        quality.summary(results),
        tables.architecture_table(results),
        tables.generator_table(results),
        tables.discriminator_table(results),
    ]
    grid = figures.picture_grid(study, results)
    if grid:
        caption = "The first test pictures: negative, truth, and what each modification makes."
        blocks.append(Picture("Table VI: pictures", "pictures.jpg", grid, caption))
    blocks.append(tables.range_table(results))
    blocks += [tables.test_table(results, network) for network in tables.NETWORKS]
    curves = figures.loss_curves(results)
    caption = "Losses over the epochs, means over the seeds."
    blocks.append(Picture("Loss curves", "losses.png", curves, caption))
    if not results.has_truths:
        return [*blocks, Section("Ranking by quality", sentences=(quality.NO_TRUTHS,))]
    scatter = figures.loss_and_quality(results)
    caption = "Each modification by its number; the baseline is red."
    return [
        *blocks,
        quality.test_loss_table(results),
        quality.quality_table(results),
        quality.correlation_table(results),
        Picture("Loss and quality", "loss-and-quality.png", scatter, caption),
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
    measures = {kind: tables.mean_loss(kind) for kind in tables.NETWORKS}
    if results.has_truths:
        measures["delta_e"] = quality.figure("delta_e")
    record = {
        "options": as_record(results.options),
        "runs": [dataclasses.asdict(run) for run in results.runs],
        "missing": [{"modification": key, "seed": seed} for key, seed in results.missing],
        "against_baseline": {
            name: _records(tables.comparisons(results, measure))
            for name, measure in measures.items()
        },
        "reductions_per_cent": {
            kind: {"here": tables.reduction(results, BEST, tables.mean_loss(kind)), "paper": paper}
            for kind, paper in PAPER_REDUCTIONS.items()
        },
    }
    if results.has_truths:
        record["rank_correlations"] = {
            loss: _records(found) for loss, found in quality.correlations(results).items()
        }
    return record


def _records(found: dict[str, Any]) -> dict[str, dict[str, float]]:
    return {name: dataclasses.asdict(value) for name, value in found.items()}
