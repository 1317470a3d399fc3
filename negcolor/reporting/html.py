"""HTML pages that need nothing from outside, and their pieces: text, tables, images."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Sequence
from html import escape
from importlib.resources import files
from string import Template

from negcolor.reporting.tables import Section

TEMPLATES = files("negcolor.reporting") / "templates"


def page(title: str, body: str, script: str = "") -> str:
    """A whole page; the title is text, the body HTML, the script the name of a template."""
    parts = {
        "title": escape(title),
        "style": _template("page.css"),
        "body": body,
        "script": _template(script) if script else "",
    }
    return Template(_template("page.html") + "\n").substitute(parts)


def _template(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8").rstrip()


def element(tag: str, *content: str, **attributes: str | int) -> str:
    """An element with HTML inside and attributes of text; `class_` stands for class."""
    return f"<{tag}{_attributes(attributes)}>{''.join(content)}</{tag}>"


def _attributes(given: dict[str, str | int]) -> str:
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for name, value in given.items()
    )


def paragraph(text: str) -> str:
    """A paragraph of text."""
    return element("p", escape(text))


def bullets(points: Iterable[str]) -> str:
    """A list of texts."""
    return element("ul", *(element("li", escape(point)) for point in points))


def image(content: bytes, description: str, **attributes: str | int) -> str:
    """A PNG or JPEG file inside the page."""
    kind = "png" if content.startswith(b"\x89PNG") else "jpeg"
    source = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    return f'<img src="{source}" alt="{escape(description)}"{_attributes(attributes)}>'


def table(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    numeric: Collection[int] = (),
    **attributes: str | int,
) -> str:
    """A table that scrolls if it is wide.

    Args:
        header: a heading per column, HTML.
        rows: cells of HTML; the first one of each is the row's heading.
        numeric: the columns that are aligned to the right.
    """

    def cell(tag: str, column: int, content: str, **own: str) -> str:
        return element(tag, content, **own, **({"class_": "number"} if column in numeric else {}))

    def row(cells: Sequence[str]) -> str:
        rest = (cell("td", column, content) for column, content in enumerate(cells[1:], 1))
        return element("tr", cell("th", 0, cells[0], scope="row"), *rest)

    headings = (cell("th", i, content, scope="col") for i, content in enumerate(header))
    body = (row(cells) + "\n" for cells in rows)
    inner = element("thead", element("tr", *headings)), "\n", element("tbody", *body)
    return element("div", element("table", *inner, **attributes), class_="scroll")


def from_section(section: Section) -> str:
    """A section whose cells are plain text, below a heading of level 2."""
    blocks = [element("h2", escape(section.title))] if section.title else []
    if section.rows:
        rows = ([escape(cell) for cell in row] for row in section.rows)
        blocks.append(table([*map(escape, section.header)], rows, section.numeric))
    blocks += [paragraph(sentence) for sentence in section.sentences]
    if section.points:
        blocks.append(bullets(section.points))
    return "\n".join(blocks)
