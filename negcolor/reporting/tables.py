"""Titled tables that can be printed on a terminal or as Markdown."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from io import StringIO

from rich import box
from rich.console import Console
from rich.table import Table

PUNCTUATION = re.compile(r"([\\`*_\[\]<>#+|~])")


@dataclass(frozen=True)
class Section:
    """A title, a table, sentences and a list, each of which may be missing.

    Texts are in the notation that is to be written, such as Markdown, whose marks are kept.

    Attributes:
        title: what the section shows.
        header: the table's headings; a line break in one is for the terminal only.
        rows: the table's cells.
        numeric: the columns that are aligned to the right.
        sentences: lines below the table.
        points: items of a list.
    """

    title: str = ""
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    numeric: tuple[int, ...] = ()
    sentences: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


def as_text(section: Section, width: int) -> str:
    """The section for a terminal of that many columns; a cell may have several lines."""
    blocks = [section.title] if section.title else []
    if section.rows:
        blocks.append(_draw_table(section, width))
    blocks += [textwrap.fill(sentence, width) for sentence in section.sentences]
    blocks += [
        textwrap.fill(point, width, initial_indent="- ", subsequent_indent="  ")
        for point in section.points
    ]
    return "\n".join(blocks) + "\n"


def _draw_table(section: Section, width: int) -> str:
    longest = [
        max(len(line) for cell in column for line in cell.split("\n"))
        for column in zip(*section.rows, strict=True)
    ]
    table = Table(box=box.SIMPLE_HEAD)
    for index, heading in enumerate(section.header):
        table.add_column(
            heading,
            justify="right" if index in section.numeric else "left",
            no_wrap=longest[index] < max(longest),  # only the longest column gives way
            overflow="fold",
        )
    for row in section.rows:
        table.add_row(*row)
    text = StringIO()
    Console(file=text, width=width, color_system=None, markup=False).print(table)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines())


def as_markdown(section: Section, level: int = 3) -> str:
    """The section below a heading of that level, if it has a title."""
    lines = [f"{'#' * level} {section.title}", ""] if section.title else []
    if section.rows:
        lines += [markdown_table(section.header, section.rows, section.numeric), ""]
    for sentence in section.sentences:
        lines += [sentence, ""]
    if section.points:
        lines += [*(f"- {point}" for point in section.points), ""]
    return "\n".join(lines)


def markdown_table(
    header: Sequence[str], rows: Iterable[Sequence[str]], numeric: Collection[int] = ()
) -> str:
    """A table alone, without a line break at its end.

    Args:
        header: a heading per column.
        rows: cells of Markdown, on one line each.
        numeric: the columns that are aligned to the right.
    """
    rules = ["---:" if index in numeric else "---" for index in range(len(header))]
    lines = ([heading.replace("\n", " ") for heading in header], rules, *rows)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def escape_markdown(text: str) -> str:
    """Any text as one line of Markdown that shows it as it is."""
    return PUNCTUATION.sub(r"\\\1", " ".join(text.split()))
