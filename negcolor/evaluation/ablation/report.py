"""The report of a study: study.html (opens offline), study.md with its figures, study.json."""

from __future__ import annotations

import base64
import dataclasses
import html
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from negcolor.errors import NegcolorError
from negcolor.evaluation.ablation import figures, quality, tables
from negcolor.evaluation.ablation.kid import with_kid
from negcolor.evaluation.ablation.options import as_record
from negcolor.evaluation.ablation.paper import BEST, PAPER_REDUCTIONS
from negcolor.evaluation.ablation.results import Results, read_results
from negcolor.evaluation.inception import Inception
from negcolor.images.whole_file import whole_file
from negcolor.networks.tables import Section, as_markdown

TITLE = "Ablation study"
STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 78em; padding: 0 1em;
  color: #222; background: #fff }
div { overflow-x: auto }
table { border-collapse: collapse; font-size: 13px; margin: .8em 0 }
th, td { border-bottom: 1px solid #ddd; padding: .2em .6em; text-align: left; white-space: nowrap }
td.n, th.n { text-align: right }
img { max-width: 100% }
"""


@dataclass(frozen=True)
class Picture:
    """A figure of the report.

    Attributes:
        title: its heading.
        file: its file name beside study.md.
        content: the file.
        caption: a sentence below it.
    """

    title: str
    file: str
    content: bytes
    caption: str


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
    blocks = _blocks(study, results)
    pictures = [block for block in blocks if isinstance(block, Picture)]
    documents = {
        "study.html": _as_html(results, blocks),
        "study.md": _as_markdown(results, blocks),
        "study.json": json.dumps(_plain(as_json(results)), indent=1, allow_nan=False) + "\n",
    }
    files = {picture.file: picture.content for picture in pictures}
    files |= {name: text.encode() for name, text in documents.items()}
    try:
        for name, content in files.items():
            with whole_file(study / name, overwrite=True) as file:
                file.write(content)
    except OSError as error:
        raise NegcolorError(
            f"{study} cannot be written ({error.strerror}); free some space or mend its "
            "permissions, then give the same command again."
        ) from error
    return [study / name for name in documents]


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


def _as_markdown(results: Results, blocks: list[Section | Picture]) -> str:
    lines = [f"# {TITLE}", "", _introduction(results), ""]
    for block in blocks:
        if isinstance(block, Section):
            lines.append(as_markdown(block))
        else:
            picture = f"![{block.title}]({block.file})"
            lines += [f"### {block.title}", "", picture, "", block.caption, ""]
    return "\n".join(lines)


def _as_html(results: Results, blocks: list[Section | Picture]) -> str:
    body = [f"<h1>{TITLE}</h1>", _element("p", _introduction(results))]
    for block in blocks:
        body.append(_element("h2", block.title))
        body += _section_html(block) if isinstance(block, Section) else _picture_html(block)
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>{TITLE}</title><style>{STYLE}</style></head><body>",
            *body,
            "</body></html>\n",
        ]
    )


def _section_html(section: Section) -> list[str]:
    def row(tag: str, cells: tuple[str, ...]) -> str:
        marks = (' class="n"' if i in section.numeric else "" for i in range(len(cells)))
        inner = (_element(tag, cell, mark) for cell, mark in zip(cells, marks, strict=True))
        return f"<tr>{''.join(inner)}</tr>"

    lines = []
    if section.rows:
        rows = [row("th", section.header), *(row("td", cells) for cells in section.rows)]
        lines += ["<div><table>", *rows, "</table></div>"]
    lines += [_element("p", sentence) for sentence in section.sentences]
    if section.points:
        lines += ["<ul>", *(_element("li", point) for point in section.points), "</ul>"]
    return lines


def _picture_html(picture: Picture) -> list[str]:
    kind = "jpeg" if picture.file.endswith(".jpg") else "png"
    content = base64.b64encode(picture.content).decode()
    source = f"data:image/{kind};base64,{content}"
    return [
        f'<p><img src="{source}" alt="{html.escape(picture.title)}"></p>',
        _element("p", picture.caption),
    ]


def _element(tag: str, text: str, attributes: str = "") -> str:
    return f"<{tag}{attributes}>{html.escape(text)}</{tag}>"


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


def _plain(value: Any) -> Any:
    """Six digits are enough for a repository; JSON knows neither NaN nor infinity: null."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return value
