"""The report of a study of systems, as `negcolor.reporting.document` writes it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from negcolor.evaluation.inception import Inception
from negcolor.reporting.document import Document, Image, write_document
from negcolor.reporting.tables import Section
from negcolor.studies import companion_plots, companion_tables
from negcolor.studies.companion_options import as_record
from negcolor.studies.companion_paper_tables import paper_tables
from negcolor.studies.companion_results import Results, read_results
from negcolor.studies.companion_sets import with_set_figures


def write_report(study: Path, judge: Inception | None = None) -> list[Path]:
    """Writes the report into the study's folder, from its run folders.

    Args:
        study: the study's folder.
        judge: computes FID and Inception Score where a paper has them, if given.

    Returns:
        The three documents.

    Raises:
        NegcolorError: no run has ended, a run is damaged, or the folder cannot be written.
    """
    results = read_results(study)
    if judge is not None and results.options.study.distributions:
        results = with_set_figures(study, results, judge)
    paper = results.options.study
    sections = [
        *paper_tables(results),
        companion_tables.color_table(results),
        companion_tables.phase_table(results),
        companion_tables.trained_table(results),
    ]
    curves = Image(
        "Errors over the epochs",
        "errors.png",
        companion_plots.error_curves(results),
        "Of the validation pictures, means over the seeds.",
    )
    grid = Image(
        "Pictures",
        "pictures.jpg",
        companion_plots.image_grid(study, results),
        "The first held-out pictures: grey, what each system makes of it, and the truth.",
    )
    document = Document(
        f"{paper.number}: {paper.title}",
        companion_tables.paper_sentence(results),
        [*sections[:-1], curves, grid, sections[-1]],
        as_json(results, sections),
    )
    return write_document(study, "study", document)


def as_json(results: Results, sections: list[Section]) -> dict[str, Any]:
    """The study's raw numbers and its tables; what is not known is NaN."""
    return {
        "options": as_record(results.options),
        "runs": [dataclasses.asdict(run) for run in results.runs],
        "missing": [{"system": name, "seed": seed} for name, seed in results.missing],
        "tables": [dataclasses.asdict(section) for section in sections],
    }
