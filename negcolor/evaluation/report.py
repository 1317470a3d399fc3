"""The report of an evaluation: a folder with report.html, report.md, report.json, pictures.csv."""

from __future__ import annotations

import csv
import io
import json
import os
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from negcolor.atomic import atomic_directory
from negcolor.errors import NegcolorError
from negcolor.evaluation.aggregation import METRICS, Summary, extremes
from negcolor.evaluation.dataset import LONG_SIDE, TRAITS
from negcolor.evaluation.evaluate import Evaluation
from negcolor.evaluation.gallery import EXTREMES
from negcolor.evaluation.report_html import to_html
from negcolor.evaluation.report_text import set_introduction, to_markdown
from negcolor.reporting.document import json_safe


def check_output(folder: Path) -> None:
    """Refuses, before the work, a folder that cannot become a report.

    Raises:
        NegcolorError: it exists already.
    """
    if os.path.lexists(folder):
        raise NegcolorError(f"{folder} exists already: choose another --output or remove it.")


def write_report(folder: Path, evaluation: Evaluation) -> None:
    """Writes the report; the folder appears whole or not at all.

    Raises:
        NegcolorError: the folder exists already or cannot be written.
    """
    files = {
        "report.html": to_html(evaluation),
        "report.md": to_markdown(evaluation),
        "report.json": json.dumps(to_json(evaluation), indent=2, ensure_ascii=False) + "\n",
        "pictures.csv": to_csv(evaluation),
    }
    check_output(folder)
    try:
        with atomic_directory(folder) as beside:
            for name, text in files.items():
                with (beside / name).open("w", encoding="utf-8", newline="") as file:
                    file.write(text)
    except OSError as error:
        raise NegcolorError(
            f"{folder} cannot be written ({error.strerror}): check the folder and its free space."
        ) from error


def to_json(evaluation: Evaluation) -> dict[str, Any]:
    """Everything but images, for programs; null stands for infinite and undefined numbers."""
    return json_safe(
        {
            "negcolor": version("negcolor"),
            "data": evaluation.data.folder.resolve().name,
            "pictures": evaluation.images,
            "left_out": list(evaluation.left_out),
            "long_side": LONG_SIDE,
            "truth_colorfulness": evaluation.truth_colorfulness,
            "methods": {
                method: _summary(evaluation.summaries.get(method)) for method in evaluation.methods
            },
            "groups": {
                trait: [
                    {"value": value, "methods": {name: _summary(s) for name, s in group.items()}}
                    for value, group in groups.items()
                ]
                for trait, groups in evaluation.groups.items()
            },
            "from_best_to_worst": _extremes(evaluation),
            "sets": _sets(evaluation),
        }
    )


def to_csv(evaluation: Evaluation) -> str:
    """A row per image and method, with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    traits = [trait for trait in TRAITS if trait in evaluation.groups]
    writer.writerow(["picture", "method", *traits, *METRICS])
    for row in evaluation.rows:
        known = [row.traits.get(trait, "") for trait in traits]
        metrics = [getattr(row.metrics, metric) for metric in METRICS]
        writer.writerow([row.image, row.method, *known, *metrics])
    return text.getvalue()


def _summary(summary: Summary | None) -> dict[str, Any]:
    if summary is None:
        return {}
    metrics = {
        name: {"mean": estimate.mean, "interval": estimate.interval}
        for name, estimate in summary.metrics.items()
    }
    return {"pictures": summary.images, "metrics": metrics}


def _extremes(evaluation: Evaluation) -> dict[str, Any]:
    """Method -> its best and worst images."""
    found = {}
    for method in evaluation.summaries:
        own = [row for row in evaluation.rows if row.method == method]
        found[method] = [
            {"picture": row.image, **asdict(row.metrics)} for row in extremes(own, EXTREMES)
        ]
    return found


def _sets(evaluation: Evaluation) -> dict[str, Any]:
    notes = set_introduction(evaluation)
    if evaluation.sets.missing:
        return {"notes": notes}
    reference = "testB" if evaluation.data.photographs else "truthA"
    methods = {
        method: {
            "fid": metrics.fid,
            **dict(zip(("kid", "kid_standard_deviation"), metrics.kid, strict=True)),
            **dict(
                zip(
                    ("inception_score", "inception_score_standard_deviation"),
                    metrics.inception_score,
                    strict=True,
                )
            ),
        }
        for method, metrics in evaluation.sets.metrics.items()
    }
    return {"notes": notes, "reference": reference, "methods": methods}
