"""The report of a study: study.html (opens offline), study.md with its images, study.json."""

from __future__ import annotations

import base64
import html
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from negcolor.atomic import atomic_write
from negcolor.errors import NegcolorError
from negcolor.reporting.tables import Section, as_markdown

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
class Image:
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


@dataclass(frozen=True)
class Document:
    """What is written of a study.

    Attributes:
        title: its heading.
        introduction: a paragraph.
        blocks: tables and figures, in order.
        record: the study's raw numbers as `json.dumps` takes them; what is not known is NaN.
    """

    title: str
    introduction: str
    blocks: Sequence[Section | Image]
    record: Mapping[str, Any]


def write_document(study: Path, document: Document) -> list[Path]:
    """Writes the report into the study's folder.

    Returns:
        study.html, study.md and study.json.

    Raises:
        NegcolorError: the folder cannot be written.
    """
    texts = {
        "study.html": _html(document),
        "study.md": _markdown(document),
        "study.json": json.dumps(_plain(document.record), indent=1, allow_nan=False) + "\n",
    }
    images = [block for block in document.blocks if isinstance(block, Image)]
    files = {image.file: image.content for image in images}
    files |= {name: text.encode() for name, text in texts.items()}
    try:
        for name, content in files.items():
            with atomic_write(study / name, overwrite=True) as file:
                file.write(content)
    except OSError as error:
        raise NegcolorError(
            f"{study} cannot be written ({error.strerror}); free some space or mend its "
            "permissions, then give the same command again."
        ) from error
    return [study / name for name in texts]


def _markdown(document: Document) -> str:
    lines = [f"# {document.title}", "", document.introduction, ""]
    for block in document.blocks:
        if isinstance(block, Section):
            lines.append(as_markdown(block))
        else:
            image = f"![{block.title}]({block.file})"
            lines += [f"### {block.title}", "", image, "", block.caption, ""]
    return "\n".join(lines)


def _html(document: Document) -> str:
    body = [_element("h1", document.title), _element("p", document.introduction)]
    for block in document.blocks:
        body.append(_element("h2", block.title))
        body += _section_html(block) if isinstance(block, Section) else _image_html(block)
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            f"{_element('title', document.title)}<style>{STYLE}</style></head><body>",
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


def _image_html(image: Image) -> list[str]:
    kind = "jpeg" if image.file.endswith(".jpg") else "png"
    content = base64.b64encode(image.content).decode()
    source = f"data:image/{kind};base64,{content}"
    return [
        f'<p><img src="{source}" alt="{html.escape(image.title)}"></p>',
        _element("p", image.caption),
    ]


def _element(tag: str, text: str, attributes: str = "") -> str:
    return f"<{tag}{attributes}>{html.escape(text)}</{tag}>"


def _plain(value: Any) -> Any:
    """Six digits are enough for a repository; JSON knows neither NaN nor infinity: null."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return value
