"""Rewrites what the documentation takes from the code: tables, lists, and three images.

    python tools/update_docs.py                # the texts between their marker lines
    python tools/update_docs.py --run RUN      # also docs/demo.png: a negative and RUN's result
    python tools/update_docs.py --film         # also docs/film.jpg: the demo scan, converted
    python tools/update_docs.py --system RUN   # also docs/grey.jpg: a grey image in color

A test keeps the texts current.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from textwrap import fill

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
IMAGE = DOCS / "demo.png"
DEMO_SCAN = DOCS / "demo_scan.jpg"
FILM_IMAGE = DOCS / "film.jpg"
GREY_IMAGE = DOCS / "grey.jpg"


def generated_texts() -> dict[str, tuple[Path, str]]:
    """Name of the marker lines -> the file that they are in, and the text between them."""
    from negcolor.converters.classical import CLASSICAL
    from negcolor.film.stocks import STOCKS
    from negcolor.summary.modification_report import all_reports, comparison_markdown
    from negcolor.summary.system_report import systems_markdown

    color, grey = (
        ", ".join(f"{s.title} (`{s.name}`)" for s in STOCKS.values() if (s.kind == "color") is kind)
        for kind in (True, False)
    )
    stocks = f"Color stocks: {color}. Black-and-white stocks: {grey}."
    converters = ", ".join(f"`{name}`" for name in CLASSICAL)
    return {
        "modifications": (DOCS / "modifications.md", comparison_markdown(all_reports())),
        "systems": (DOCS / "systems.md", systems_markdown()),
        "stocks": (DOCS / "training.md", fill(stocks, 100)),
        "converters": (DOCS / "measuring.md", fill(f"Converters: {converters}.", 100)),
    }


def with_text(document: str, name: str, text: str) -> str:
    """A document with the text between the markers of that name replaced."""
    begin, end = f"<!-- {name}: written by tools/update_docs.py -->", f"<!-- end of {name} -->"
    before, rest = document.split(begin)
    _, after = rest.split(end)
    return f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}"


def write_image(run: Path) -> None:
    """The demo roll's held-out negative beside the run's result."""
    from negcolor.images.color import from_unit, to_unit
    from negcolor.images.io import write
    from negcolor.inference.api import colorize
    from pipelines.sources import open_data

    negative = to_unit(open_data("demo").test[0].negative)
    pair = np.concatenate([negative, colorize(negative, run)], axis=1)
    write(IMAGE, from_unit(pair, "uint8"), overwrite=True)


def write_film_image() -> None:
    """The demo scan beside what the model of the package makes of it."""
    from negcolor.images.io import read, write
    from negcolor.inference.api import colorize

    scan = read(DEMO_SCAN)
    write(FILM_IMAGE, np.concatenate([scan, colorize(scan)], axis=1), overwrite=True)


def write_grey_image(run: Path) -> None:
    """The demo's held-out photograph in grey, in the colors of a system's run, and itself."""
    from negcolor.images.color import from_unit, to_unit
    from negcolor.images.io import read, write
    from negcolor.inference.api import colorize_grey
    from negcolor.inference.convert import made_neutral
    from pipelines import demo_roll

    photograph = to_unit(read(demo_roll.photograph(demo_roll.HELD_OUT)))
    grey = made_neutral(photograph)
    row = np.concatenate([grey, colorize_grey(grey, run), photograph], axis=1)
    write(GREY_IMAGE, from_unit(row, "uint8"), overwrite=True)


def main() -> None:
    """Reads the command line and rewrites what it asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--run", type=Path, help="run folder of negcolor-train --quick")
    parser.add_argument("--film", action="store_true", help="draw docs/film.jpg")
    parser.add_argument("--system", type=Path, help="run folder of negcolor-train --system --quick")
    options = parser.parse_args()

    for name, (file, text) in generated_texts().items():
        file.write_text(with_text(file.read_text("utf-8"), name, text), "utf-8")
    if options.run:
        write_image(options.run)
    if options.film:
        write_film_image()
    if options.system:
        write_grey_image(options.system)


if __name__ == "__main__":
    main()
