"""Titled tables that can be printed on a terminal or as Markdown."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from io import StringIO

from rich import box
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Section:
    """A title, a table, sentences and a list, each of which may be missing.

    Attributes:
        title: what the section shows.
        header: the table's headings; a line break in one is for the terminal only.
        rows: the table's cells.
        numeric: the columns that are aligned to the right.
        sentences: lines below the table.
        points: items of a list.
    """

    title: str
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    numeric: tuple[int, ...] = ()
    sentences: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


def as_text(section: Section, width: int) -> str:
    """The section for a terminal of that many columns."""
    blocks = [section.title]
    if section.rows:
        blocks.append(_draw_table(section, width))
    blocks += [textwrap.fill(sentence, width) for sentence in section.sentences]
    blocks += [
        textwrap.fill(point, width, initial_indent="- ", subsequent_indent="  ")
        for point in section.points
    ]
    return "\n".join(blocks) + "\n"


def _draw_table(section: Section, width: int) -> str:
    longest = [max(map(len, column)) for column in zip(*section.rows, strict=True)]
    table = Table(box=box.SIMPLE_HEAD)
    for index, heading in enumerate(section.header):
        table.add_column(
            heading,
            justify="right" if index in section.numeric else "left",
            no_wrap=longest[index] < max(longest),  # only the longest column gives way
        )
    for row in section.rows:
        table.add_row(*row)
    text = StringIO()
    Console(file=text, width=width, color_system=None, markup=False).print(table)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines())


def as_markdown(section: Section) -> str:
    """The section below a heading of level 3."""
    lines = [f"### {section.title}", ""]
    if section.rows:
        rules = ["---:" if i in section.numeric else "---" for i in range(len(section.header))]
        header = [heading.replace("\n", " ") for heading in section.header]
        cells = (header, rules, *section.rows)
        lines += [*(f"| {' | '.join(row)} |" for row in cells), ""]
    for sentence in section.sentences:
        lines += [sentence, ""]
    if section.points:
        lines += [*(f"- {point}" for point in section.points), ""]
    return "\n".join(lines)
