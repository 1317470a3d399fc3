"""Pieces of HTML pages that need nothing from outside: text, tables, images, the page."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from string import Template

TEMPLATES = files("negcolor.reporting") / "templates"


def page(title: str, body: str) -> str:
    """A whole page; the title is text, the body HTML."""
    parts = {
        name: (TEMPLATES / file).read_text(encoding="utf-8").rstrip()
        for name, file in {"style": "page.css", "script": "page.js", "page": "page.html"}.items()
    }
    template = Template(parts.pop("page") + "\n")
    return template.substitute(parts, title=escape(title), body=body)


def element(tag: str, *content: str, **attributes: str | int) -> str:
    """An element with HTML inside and attributes of text; `class_` stands for class."""
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for name, value in attributes.items()
    )
    return f"<{tag}{given}>{''.join(content)}</{tag}>"


def paragraph(words: str) -> str:
    """A paragraph of text."""
    return element("p", escape(words))


def image(jpeg: bytes, description: str, **attributes: str | int) -> str:
    """A JPEG inside the page."""
    source = f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
    given = "".join(f' {name}="{escape(str(value))}"' for name, value in attributes.items())
    return f'<img src="{source}" alt="{escape(description)}"{given}>'


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], **attributes: str | int) -> str:
    """A table that scrolls if it is wide.

    Args:
        heads: of the columns, text.
        rows: each a head, text, and cells, HTML elements such as <td>…</td>.
    """
    top = element("tr", *(element("th", escape(head), scope="col") for head in heads))
    body = (
        element("tr", element("th", escape(row[0]), scope="row"), *row[1:], "\n") for row in rows
    )
    inner = element("thead", top), "\n", element("tbody", *body)
    return element("div", element("table", *inner, **attributes), class_="scroll")
