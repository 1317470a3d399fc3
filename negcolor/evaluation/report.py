"""The report of an evaluation: a folder with report.html, report.md, report.json, images.csv."""

from __future__ import annotations

import csv
import io
import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from negcolor.atomic import atomic_directory
from negcolor.errors import NegcolorError
from negcolor.evaluation.aggregation import FIGURES, Summary, extremes
from negcolor.evaluation.dataset import TRAITS
from negcolor.evaluation.evaluate import Evaluation
from negcolor.evaluation.gallery import EXTREMES
from negcolor.evaluation.report_html import to_html
from negcolor.evaluation.report_markdown import to_markdown
from negcolor.evaluation.report_text import set_introduction
from negcolor.evaluation.summary import LONG_SIDE


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
    return _finite(
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
    writer.writerow(["picture", "method", *traits, *FIGURES])
    for row in evaluation.rows:
        known = [row.traits.get(trait, "") for trait in traits]
        figures = [getattr(row.figures, figure) for figure in FIGURES]
        writer.writerow([row.image, row.method, *known, *figures])
    return text.getvalue()


def _summary(summary: Summary | None) -> dict[str, Any]:
    if summary is None:
        return {}
    figures = {
        name: {"mean": estimate.mean, "interval": estimate.interval}
        for name, estimate in summary.figures.items()
    }
    return {"pictures": summary.images, "figures": figures}


def _extremes(evaluation: Evaluation) -> dict[str, Any]:
    """Method -> its best and worst images."""
    found = {}
    for method in evaluation.summaries:
        own = [row for row in evaluation.rows if row.method == method]
        found[method] = [
            {"picture": row.image, **asdict(row.figures)} for row in extremes(own, EXTREMES)
        ]
    return found


def _sets(evaluation: Evaluation) -> dict[str, Any]:
    notes = set_introduction(evaluation)
    if isinstance(evaluation.sets, str):
        return {"notes": notes}
    reference = "testB" if evaluation.data.photographs else "truthA"
    methods = {
        method: {
            "fid": figures.fid,
            **dict(zip(("kid", "kid_standard_deviation"), figures.kid, strict=True)),
            **dict(
                zip(
                    ("inception_score", "inception_score_standard_deviation"),
                    figures.inception_score,
                    strict=True,
                )
            ),
        }
        for method, figures in evaluation.sets.items()
    }
    return {"notes": notes, "reference": reference, "methods": methods}


def _finite(value: Any) -> Any:
    """The same without numbers that JSON does not have."""
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
