"""The text that goes with an exported model: what it is, where it comes from, what it is for."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version as version_of

from negcolor.reporting.tables import markdown_table
from negcolor.serving.provenance import Provenance

DIRECTIONS = {
    "negative-to-color": ("scans of film negatives", "color photographs"),
    "color-to-negative": ("color photographs", "scans of film negatives"),
    "grey-to-color": ("black-and-white photographs", "color photographs"),
}
"""What a model takes and what it gives."""

TEMPLATE = """\
# {name}, version {version}

Turns {source} into {result}.

{facts}

## Figures

{metrics}

## Signatures

| name | input | output |
|---|---|---|
| `serving_default` | `image`: float32 (N, H, W, 3) in [0, 1] | `image`: the same |
| `serve_uint8` | `image`: uint8 (N, H, W, 3) | `image`: the same |
| `serve_uint16` | `image`: uint16 (N, H, W, 3), by gRPC only | `image`: the same |
| `serve_image_bytes` | `image_bytes`: (N,) PNG (8 or 16 bits) or JPEG files, each of its own size \
| `image_bytes`: (N,) PNG files of the same sizes and depths |

All values are sRGB-encoded. Any height and width will do; scaling, padding and rounding are part of
the graph. Of a file only the pixels are used: grey becomes RGB, transparency, ICC profiles and EXIF
orientation are ignored.

## Use and limits

For {source} like those that it was trained on.
It judges a picture by everything that is in it, so crop film holders, sprocket holes and borders
away. It invents plausible colors and measures nothing: a result is no evidence of what a scene
looked like. A picture is converted in one pass, and the memory for it grows with its size.
"""


def model_card(
    name: str, version: int, direction: str, parameters: int, provenance: Provenance
) -> str:
    """The card in Markdown.

    Args:
        name: the served model's name.
        version: its version.
        direction: one of `DIRECTIONS`.
        parameters: how many the generator has.
        provenance: where it comes from, see `negcolor.serving.provenance.find_provenance`.
    """
    source, result = DIRECTIONS[direction]
    made_with = ", ".join(
        f"{title} {version_of(title.lower())}" for title in ("negcolor", "TensorFlow", "Keras")
    )
    facts = {
        "direction": direction.replace("-", " "),
        **provenance.rows,
        "generator's parameters": f"{parameters:,}",
        "weights and arithmetic": "float32",
        "exported": f"{datetime.now(UTC).date()}, with {made_with}",
    }
    rows = [(key, text.replace("|", r"\|")) for key, text in facts.items()]
    return TEMPLATE.format(
        name=name,
        version=version,
        source=source,
        result=result,
        facts=markdown_table(("", ""), rows),
        metrics=provenance.metrics,
    )
