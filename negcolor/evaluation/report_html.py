"""The report of an evaluation as one HTML file: tables, a before/after slider and images."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import numpy as np

from negcolor.evaluation import report_text as text
from negcolor.evaluation.aggregation import METRICS, Estimate
from negcolor.evaluation.dataset import TRAITS
from negcolor.evaluation.evaluate import Evaluation
from negcolor.evaluation.gallery import ERROR_LIMIT, Panel, View, error_colors
from negcolor.evaluation.measurement import Row
from negcolor.reporting.html import bullets, element, image, page, paragraph, table
from negcolor.reporting.tables import Section

TICK = 5  # ΔE2000 between the numbers of the legend
CAPTION = ("delta_e", "psnr")  # metrics below a result
MAIN_METRIC = "delta_e"


def to_html(evaluation: Evaluation) -> str:
    """The whole report."""
    return page(text.title(evaluation), "\n".join(_body(evaluation)), "slider.js")


def _body(evaluation: Evaluation) -> Iterator[str]:
    yield element("h1", escape(text.title(evaluation)))
    yield paragraph(text.introduction(evaluation))
    if evaluation.left_out:
        yield paragraph(text.left_out(evaluation))
        yield bullets(evaluation.left_out)
    if evaluation.rows:
        yield _table(text.methods_table(evaluation, NOTATION))
        yield paragraph(text.explanation(evaluation))
    yield from _slider(evaluation)
    for trait in evaluation.groups:
        yield element("h2", f"By {TRAITS[trait].lower()}")
        yield from _groups(evaluation, trait)
    yield element("h2", "Sets of pictures")
    yield from map(paragraph, text.set_introduction(evaluation))
    if evaluation.sets.metrics:
        yield _table(text.sets_table(evaluation, NOTATION))
    yield from _grid(evaluation)
    if evaluation.gallery.extremes:
        yield element("h2", "Best and worst pictures of each method")
        yield paragraph("From the least to the largest mean ΔE2000.")
        for method, panels in evaluation.gallery.extremes.items():
            yield _extremes(method, list(panels.values()))


def _groups(evaluation: Evaluation, trait: str) -> Iterator[str]:
    """A table for each metric, of which only the main one is open."""
    for metric in sorted(METRICS, key=lambda name: name != MAIN_METRIC):
        found = _table(text.group_table(evaluation, trait, metric, NOTATION))
        content = element("summary", escape(text.heading(metric))), found
        yield element("details", *content, **_flag("open", metric == MAIN_METRIC))


def _table(section: Section) -> str:
    return table(section.header, section.rows, section.numeric)


def _slider(evaluation: Evaluation) -> Iterator[str]:
    """Its images are those of the grid, which the script finds by their ids."""
    panels = evaluation.gallery.panels
    columns = _columns(evaluation)
    yield element("h2", "Before and after")
    yield element(
        "div",
        _choice("picture", "Picture", [panel.name for panel in panels], 0),
        _choice("left", "Left", columns, 0),
        _choice("right", "Right", columns, 1),
        class_="choices",
    )
    yield element(
        "div",
        '<img class="right" alt="">',
        '<img class="left" alt="">',
        element("span", class_="handle"),
        '<input type="range" min="0" max="100" step="0.5" value="50" '
        'aria-label="How much of the left picture is shown, in percent">',
        class_="slider",
        id="slider",
    )
    yield element("noscript", paragraph("The slider takes JavaScript; the pictures are below."))


def _choice(name: str, label: str, options: list[str], chosen: int) -> str:
    entries = (
        element("option", escape(option), value=number, **_flag("selected", number == chosen))
        for number, option in enumerate(options)
    )
    return element("label", escape(label), element("select", *entries, id=f"choose-{name}"))


def _columns(evaluation: Evaluation) -> list[str]:
    return ["Negative", *evaluation.methods, *(["Truth"] if evaluation.data.paired else [])]


def _grid(evaluation: Evaluation) -> Iterator[str]:
    """Every shown image by every method, with error maps."""
    yield element("h2", "Side by side")
    columns = _columns(evaluation)
    heads = element("tr", *(element("th", escape(column), scope="col") for column in columns))
    rows = []
    for number, panel in enumerate(evaluation.gallery.panels):
        shown = [panel.negative, *(view.result for view in panel.views.values())]
        shown += [panel.truth] if panel.truth else []
        images = (
            image(jpeg, f"{panel.name}, {column}", id=f"picture-{number}-{place}")
            for place, (column, jpeg) in enumerate(zip(columns, shown, strict=True))
        )
        name = element("th", escape(panel.name), colspan=len(columns), scope="rowgroup")
        parts = [
            element("tr", name, class_="name"),
            element("tr", *(element("td", cell) for cell in images)),
        ]
        if panel.truth:
            views = (element("td", _errors(panel, *item)) for item in panel.views.items())
            parts.append(element("tr", "<td></td>", *views, "<td></td>"))
        rows.append(element("tbody", "\n".join(parts)))
    if evaluation.rows:
        yield paragraph(text.ERROR_MAPS)
        yield _legend()
    grid = element("table", element("thead", heads), "\n".join(rows), class_="grid")
    yield element("div", grid, class_="scroll")


def _extremes(method: str, panels: list[Panel]) -> str:
    """From the best to the worst: negative, result, error map and truth."""
    cells: dict[str, list[str]] = {"Negative": [], "Result": [], "ΔE2000": [], "Truth": []}
    for panel in panels:
        view = panel.views[method]
        images = panel.negative, view.result, view.error_map, panel.truth
        for (part, row), jpeg in zip(cells.items(), images, strict=True):
            row.append(image(jpeg, f"{panel.name}, {part}") if jpeg else "")
    captions = (f"{panel.name}, {_caption(panel.views[method].row)}" for panel in panels)
    rows = ([part, *row] for part, row in cells.items())
    grid = table(["", *map(escape, captions)], rows, class_="grid")
    return element("h3", escape(method)) + grid


def _errors(panel: Panel, method: str, view: View) -> str:
    assert view.error_map is not None  # the truth is known
    error_map = image(view.error_map, f"{panel.name}, ΔE2000 of {method}")
    return error_map + element("span", escape(_caption(view.row)), class_="caption")


def _caption(row: Row | None) -> str:
    if row is None:
        return ""
    parts = []
    for metric in CAPTION:
        name, unit, _ = text.WORDING[metric]
        value = text.number(metric, getattr(row.metrics, metric))
        parts.append(f"{value}\N{NO-BREAK SPACE}{unit}" if unit else f"{name} {value}")
    return ", ".join(parts)


def _legend() -> str:
    colors = ", ".join(
        f"rgb({red} {green} {blue})"
        for red, green, blue in error_colors(np.linspace(0, ERROR_LIMIT, 33))
    )
    ticks = np.arange(0, ERROR_LIMIT + TICK, TICK)
    labels = (f"{tick:g}" + ("+" if tick == ERROR_LIMIT else "") for tick in ticks)
    return element(
        "div",
        element("div", class_="scale", style=f"background: linear-gradient(to right, {colors})"),
        element("div", *(element("span", label) for label in labels), class_="ticks"),
        "ΔE2000",
        class_="legend",
    )


def _estimate(metric: str, estimate: Estimate, best: bool) -> str:
    mean = text.number(metric, estimate.mean)
    ends = element("span", text.interval(metric, estimate), class_="interval")
    return (element("span", mean, class_="best") if best else mean) + ends


NOTATION = text.Notation(escape, _estimate)


def _flag(name: str, on: bool) -> dict[str, str]:
    """An attribute that counts if it is there."""
    return {name: name} if on else {}
