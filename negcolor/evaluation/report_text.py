"""A report in words: its sentences, numbers and tables, as Markdown and on the terminal."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from negcolor.evaluation.aggregation import METRICS, Estimate, best_methods
from negcolor.evaluation.dataset import LONG_SIDE, TRAITS, Trait
from negcolor.evaluation.evaluate import Evaluation
from negcolor.evaluation.inception import DISCLAIMER
from negcolor.evaluation.metrics import HIGHER_IS_BETTER
from negcolor.evaluation.set_metrics import SetMetrics
from negcolor.reporting.tables import Section, as_markdown, escape_markdown

ERROR_MAPS = "Below each result, its ΔE2000 in every pixel. All pictures are reduced for this page."
SET_HEADINGS = ("FID ↓", "KID × 1000 ↓", "Inception Score ↑")


class Wording(NamedTuple):
    """What a metric is called, and how many digits of it mean something."""

    name: str
    unit: str
    digits: int


WORDING = {
    "psnr": Wording("PSNR", "dB", 2),
    "ssim": Wording("SSIM", "", 3),
    "delta_e": Wording("ΔE2000", "", 2),
    "delta_e_95": Wording("ΔE2000, 95 %", "", 2),
    "colorfulness": Wording("Colorfulness", "", 1),
}


class Notation(NamedTuple):
    """How a table writes any text, and a metric's estimate, which may be the best."""

    text: Callable[[str], str]
    estimate: Callable[[str, Estimate, bool], str]


def to_markdown(evaluation: Evaluation) -> str:
    """The whole report but its images."""
    parts = [Section(sentences=(introduction(evaluation),))]
    if evaluation.rows:
        explained = Section(sentences=(explanation(evaluation),))
        parts += [methods_table(evaluation, MARKDOWN), explained]
    for trait in evaluation.groups:
        parts.append(Section(f"ΔE2000 by {TRAITS[trait].lower()}"))
        parts.append(group_table(evaluation, trait, "delta_e", MARKDOWN))
    if evaluation.gallery.extremes:
        parts.append(_extremes_table(evaluation))
    sets = escape_markdown(" ".join(set_introduction(evaluation)))
    parts += [Section("Sets of pictures", sentences=(sets,)), sets_table(evaluation, MARKDOWN)]
    if evaluation.left_out:
        reasons = tuple(map(escape_markdown, evaluation.left_out))
        parts += [Section(sentences=(left_out(evaluation),)), Section(points=reasons)]
    blocks = (as_markdown(part, level=2).rstrip() for part in parts)
    first = f"# {escape_markdown(title(evaluation))}"
    return "\n\n".join([first, *filter(None, blocks)]) + "\n"


def print_tables(evaluation: Evaluation) -> None:
    """Prints the metrics of the methods, in 80 columns if there are no more."""
    console = Console()
    if evaluation.rows:
        # Names are folded where the terminal is narrow, numbers are not: they take 71 columns.
        names = Column(overflow="fold", max_width=max(8, console.width - 71))
        table = Table(names, box=SIMPLE, padding=(0, 0, 0, 1), pad_edge=False, show_edge=False)
        for name in map(heading, METRICS):
            widest = max(len("12.34–56.78"), *map(len, name.split()))
            table.add_column(name, justify="right", min_width=widest)
        for method, summary in evaluation.summaries.items():
            cells = (
                f"{number(metric, estimate.mean)}\n{interval(metric, estimate)}"
                for metric, estimate in summary.metrics.items()
            )
            table.add_row(escape(method), *map(escape, cells))
        console.print(table)
    if evaluation.sets.missing:
        console.print(
            set_introduction(evaluation)[0], markup=False, highlight=False, soft_wrap=True
        )
    else:
        table = Table("", *SET_HEADINGS, box=SIMPLE)
        for method, metrics in evaluation.sets.metrics.items():
            table.add_row(escape(method), *_set_numbers(metrics))
        console.print(table)


def methods_table(evaluation: Evaluation, notation: Notation) -> Section:
    """The means of all metrics, a row per method."""
    best = {metric: best_methods(evaluation.summaries, metric) for metric in METRICS}
    rows = (
        (
            notation.text(method),
            str(summary.images),
            *(
                notation.estimate(name, summary.metrics[name], method in best[name])
                for name in METRICS
            ),
        )
        for method, summary in evaluation.summaries.items()
    )
    return _numbers_table(["Method", "Pictures", *map(heading, METRICS)], *rows)


def group_table(evaluation: Evaluation, trait: str, metric: str, notation: Notation) -> Section:
    """The means of a metric, a row per group of images and a column per method."""

    def row(value: Trait) -> list[str]:
        group = evaluation.groups[trait][value]
        best = best_methods(group, metric)
        images = max(summary.images for summary in group.values())
        cells = (
            notation.estimate(metric, group[method].metrics[metric], method in best)
            for method in evaluation.methods
        )
        return [notation.text(_trait_value(value)), str(images), *cells]

    header = [TRAITS[trait], "Pictures", *map(notation.text, evaluation.methods)]
    return _numbers_table(header, *map(row, evaluation.groups[trait]))


def sets_table(evaluation: Evaluation, notation: Notation) -> Section:
    """FID, KID and Inception Score, a row per method; no rows where there are none."""
    rows = (
        [notation.text(method), *_set_numbers(metrics)]
        for method, metrics in evaluation.sets.metrics.items()
    )
    return _numbers_table(["Method", *SET_HEADINGS], *rows)


def _extremes_table(evaluation: Evaluation) -> Section:
    rows = (
        [
            escape_markdown(method),
            escape_markdown(name),
            *(number(metric, getattr(row.metrics, metric)) for metric in METRICS),
        ]
        for method, panels in evaluation.gallery.extremes.items()
        for name, panel in panels.items()
        if (row := panel.views[method].row)
    )
    header = ["Method", "Picture", *map(heading, METRICS)]
    return _numbers_table(header, *rows, title="Best and worst pictures", texts=2)


def _numbers_table(
    header: list[str], *rows: Sequence[str], title: str = "", texts: int = 1
) -> Section:
    """A table of numbers behind that many columns of text."""
    numeric = tuple(range(texts, len(header)))
    return Section(title, tuple(header), tuple(map(tuple, rows)), numeric)


def _markdown_estimate(metric: str, estimate: Estimate, best: bool) -> str:
    mean, ends = number(metric, estimate.mean), interval(metric, estimate)
    return (f"**{mean}**" if best else mean) + (f" ({ends})" if ends else "")


MARKDOWN = Notation(escape_markdown, _markdown_estimate)


def heading(metric: str) -> str:
    """Name, unit and better direction of a metric, as "PSNR in dB ↑"."""
    name, unit, _ = WORDING[metric]
    higher = HIGHER_IS_BETTER[metric]
    arrow = "" if higher is None else " ↑" if higher else " ↓"
    return name + (f" in {unit}" if unit else "") + arrow


def number(metric: str, value: float) -> str:
    """A value of a metric."""
    return "∞" if value == math.inf else f"{value:.{WORDING[metric].digits}f}"


def interval(metric: str, estimate: Estimate) -> str:
    """The interval, as "20.91–21.80"; nothing if there is none."""
    if estimate.interval is None:
        return ""
    return "–".join(number(metric, end) for end in estimate.interval)


def _trait_value(value: Trait) -> str:
    """Numbers as stops, with their sign."""
    return value if isinstance(value, str) else f"{value:+g}" if value else "0"


def _set_numbers(metrics: SetMetrics) -> tuple[str, str, str]:
    """In the order of `SET_HEADINGS`."""
    kid, kid_deviation = (1000 * value for value in metrics.kid)
    score, score_deviation = metrics.inception_score
    return (
        f"{metrics.fid:.1f}",
        f"{kid:.2f} ± {kid_deviation:.2f}",
        f"{score:.2f} ± {score_deviation:.2f}",
    )


def title(evaluation: Evaluation) -> str:
    """The report's heading."""
    return f"Evaluation on {evaluation.data.folder.resolve().name}"


def introduction(evaluation: Evaluation) -> str:
    """What was evaluated."""
    images = _count(evaluation.images, "negative")
    methods = _count(len(evaluation.methods), "method")
    truth = "with their truths" if evaluation.data.paired else "whose truths are not known"
    return (
        f"{images} {truth}, converted by {methods}. Pictures larger than {LONG_SIDE} pixels on "
        "the long side were reduced to that before they were converted and compared."
    )


def explanation(evaluation: Evaluation) -> str:
    """How to read the table of the methods."""
    colorfulness = number("colorfulness", evaluation.truth_colorfulness or 0.0)
    return (
        "Each figure is the mean over the pictures, with its 95 % bootstrap interval; ↑ and ↓ say "
        "which way is better. ΔE2000 is the color difference that the eye sees, where 1 is just "
        "noticeable: its mean over each picture, and what 95 % of a picture's pixels stay below. "
        "Colorfulness (Hasler and Süsstrunk) should be that of the truths, which is "
        f"{colorfulness} on average."
    )


def set_introduction(evaluation: Evaluation) -> list[str]:
    """What FID, KID and Inception Score compare, and how to read them; or why there are none."""
    if evaluation.sets.missing:
        return [f"FID, KID and Inception Score are left out: {evaluation.sets.missing}."]
    reference = "photographs of testB" if evaluation.data.photographs else "truths of all pictures"
    return [
        f"All results of a method together, against the {reference}; ± is the standard deviation "
        "over subsets or splits.",
        DISCLAIMER,
    ]


def left_out(evaluation: Evaluation) -> str:
    """A line above the reasons; nothing if no image was left out."""
    count = len(evaluation.left_out)
    return f"{_count(count, 'picture')} could not be used:" if count else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
