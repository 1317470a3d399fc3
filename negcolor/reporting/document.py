"""A report of tables and images: NAME.html (opens offline), NAME.md with images, NAME.json."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from negcolor.atomic import atomic_write
from negcolor.errors import NegcolorError
from negcolor.reporting import html
from negcolor.reporting.tables import Section, as_markdown


@dataclass(frozen=True)
class Image:
    """An image or a plot of a document.

    Attributes:
        title: its heading.
        file: its file name beside the Markdown.
        content: the file, a PNG or JPEG.
        caption: a sentence below it.
    """

    title: str
    file: str
    content: bytes
    caption: str


@dataclass(frozen=True)
class Document:
    """What is written.

    Attributes:
        title: its heading.
        introduction: a paragraph.
        blocks: tables, whose cells are plain text, and images, in order.
        record: the raw numbers as `json.dumps` takes them; what is not known is NaN.
    """

    title: str
    introduction: str
    blocks: Sequence[Section | Image]
    record: Mapping[str, Any]


def write_document(folder: Path, name: str, document: Document) -> list[Path]:
    """Writes a document into an existing folder; older files of these names are replaced.

    Returns:
        NAME.html, NAME.md and NAME.json.

    Raises:
        NegcolorError: the folder cannot be written.
    """
    record = json_safe(document.record, digits=6)  # enough for a repository
    texts = {
        f"{name}.html": document_html(document),
        f"{name}.md": document_markdown(document),
        f"{name}.json": json.dumps(record, indent=1, allow_nan=False) + "\n",
    }
    images = [block for block in document.blocks if isinstance(block, Image)]
    files = {image.file: image.content for image in images}
    files |= {file: text.encode() for file, text in texts.items()}
    try:
        for file, content in files.items():
            with atomic_write(folder / file, overwrite=True) as opened:
                opened.write(content)
    except OSError as error:
        raise NegcolorError(
            f"{folder} cannot be written ({error.strerror}); free some space or mend its "
            "permissions, then give the same command again."
        ) from error
    return [folder / file for file in texts]


def document_markdown(document: Document) -> str:
    """The document as Markdown that refers to its images by their file names."""
    lines = [f"# {document.title}", "", document.introduction, ""]
    for block in document.blocks:
        if isinstance(block, Section):
            lines.append(as_markdown(block))
        else:
            image = f"![{block.title}]({block.file})"
            lines += [f"### {block.title}", "", image, "", block.caption, ""]
    return "\n".join(lines)


def document_html(document: Document) -> str:
    """The document as a page that holds its images."""
    body = [html.element("h1", escape(document.title)), html.paragraph(document.introduction)]
    for block in document.blocks:
        if isinstance(block, Section):
            body.append(html.from_section(block))
        else:
            picture = html.image(block.content, block.title)
            body += [
                html.element("h2", escape(block.title)),
                html.element("figure", picture, html.element("figcaption", escape(block.caption))),
            ]
    return html.page(document.title, "\n".join(body))


def json_safe(value: Any, digits: int | None = None) -> Any:
    """The same with null for NaN and infinity, which JSON does not know.

    Args:
        value: mappings, sequences and scalars.
        digits: significant digits that numbers are rounded to, if given.
    """
    if isinstance(value, Mapping):
        return {key: json_safe(item, digits) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_safe(item, digits) for item in value]
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        return None
    return value if digits is None else float(f"{value:.{digits}g}")
