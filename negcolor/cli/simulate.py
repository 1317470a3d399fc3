"""negcolor-simulate: turns photographs into scans of film negatives."""

from pathlib import Path
from typing import Annotated

import typer

from negcolor.cli.common import process_images, run


def simulate(
    photos: Annotated[
        list[Path], typer.Argument(metavar="PHOTOS...", help="Files, or folders of them.")
    ],
    output: Annotated[Path, typer.Option(help="Folder to write into.")],
    stock: Annotated[
        str, typer.Option(help="Film stock, or 'random' for color stocks, exposures and scanners.")
    ] = "kodak_portra_400",
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same files.")] = 0,
    bit_depth: Annotated[int, typer.Option(help="8 or 16 bits per channel (PNG).")] = 8,
    split: Annotated[
        bool, typer.Option("--split", help="Write trainA, trainB, testA, testB and truthA.")
    ] = False,
) -> None:
    """Photograph images on film and scan the negatives.

    Writes OUTPUT/negatives and OUTPUT/truths. With --split each photograph goes to one domain
    only: 40 % to trainA and 10 % to testA as negatives, 40 % to trainB and 10 % to testB as they
    are; truthA holds the photographs of testA.
    """
    from negcolor.film.dataset import expose_frame, plan_dataset
    from negcolor.images.io import gather_images

    frames = plan_dataset(
        gather_images(photos), output, stock=stock, bit_depth=bit_depth, seed=seed, split=split
    )
    process_images(expose_frame, frames, output)


def main() -> None:
    """Entry point of negcolor-simulate."""
    run(simulate)
