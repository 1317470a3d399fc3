"""The report of an evaluation as Markdown: its tables, without images."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from negcolor.evaluation import report_text as text
from negcolor.evaluation.aggregation import FIGURES, Estimate, best_methods
from negcolor.evaluation.dataset import TRAITS, Trait
from negcolor.evaluation.evaluate import Evaluation

PUNCTUATION = re.compile(r"([\\`*_\[\]<>#+|~])")


def to_markdown(evaluation: Evaluation) -> str:
    """The whole report."""
    return "\n\n".join(_blocks(evaluation)) + "\n"


def _blocks(evaluation: Evaluation) -> Iterator[str]:
    yield f"# {escape(text.title(evaluation))}"
    yield text.introduction(evaluation)
    if evaluation.rows:
        yield _methods(evaluation)
        yield text.explanation(evaluation)
    for trait in evaluation.groups:
        yield f"## ΔE2000 by {TRAITS[trait].lower()}"
        yield _groups(evaluation, trait)
    if evaluation.gallery.extremes:
        yield "## Best and worst pictures"
        yield _extremes(evaluation)
    yield "## Sets of pictures"
    yield escape(" ".join(text.set_introduction(evaluation)))
    if not isinstance(evaluation.sets, str):
        rows = ([escape(name), *text.set_numbers(f)] for name, f in evaluation.sets.items())
        yield _table(["method", *text.SET_HEADINGS], rows)
    if evaluation.left_out:
        yield text.left_out(evaluation)
        yield "\n".join(f"- {escape(reason)}" for reason in evaluation.left_out)


def _methods(evaluation: Evaluation) -> str:
    best = {figure: best_methods(evaluation.summaries, figure) for figure in FIGURES}
    rows = (
        [
            escape(method),
            str(summary.images),
            *(_cell(name, summary.figures[name], method in best[name]) for name in FIGURES),
        ]
        for method, summary in evaluation.summaries.items()
    )
    return _table(["method", "pictures", *map(text.heading, FIGURES)], rows)


def _groups(evaluation: Evaluation, trait: str) -> str:
    def row(value: Trait) -> list[str]:
        group = evaluation.groups[trait][value]
        best = best_methods(group, "delta_e")
        images = max(summary.images for summary in group.values())
        cells = (
            _cell("delta_e", group[method].figures["delta_e"], method in best)
            for method in evaluation.methods
        )
        return [escape(text.trait_value(value)), str(images), *cells]

    heads = [TRAITS[trait].lower(), "pictures", *map(escape, evaluation.methods)]
    return _table(heads, map(row, evaluation.groups[trait]))


def _extremes(evaluation: Evaluation) -> str:
    rows = []
    for method, panels in evaluation.gallery.extremes.items():
        for name, panel in panels.items():
            row = panel.views[method].row
            figures = [text.number(f, getattr(row.figures, f)) for f in FIGURES] if row else []
            rows.append([escape(method), escape(name), *figures])
    return _table(["method", "picture", *map(text.heading, FIGURES)], rows)


def escape(words: str) -> str:
    """Any name as one line of Markdown text."""
    return PUNCTUATION.sub(r"\\\1", " ".join(words.split()))


def _cell(figure: str, estimate: Estimate, best: bool) -> str:
    mean, interval = text.number(figure, estimate.mean), text.interval(figure, estimate)
    return (f"**{mean}**" if best else mean) + (f" ({interval})" if interval else "")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---", *["--:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
