"""Prepares a two-domain folder as a TensorFlow dataset: sharded TFRecords, bit for bit.

    python -m pipelines.tfds_builder FOLDER --data-dir DIR [--shards N]

prints the `--data tfds:…` under which `negcolor-train` reads it back.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow_datasets as tfds

from negcolor.errors import NegcolorError
from negcolor.images.color import from_unit, to_unit
from negcolor.images.io import find_images, read

SPLITS = ("trainA", "trainB", "testA", "testB", "truthA")
REQUIRED = ("trainA", "trainB")


class TwoDomainFolder(tfds.core.GeneratorBasedBuilder):
    """A folder with trainA, trainB and, where present, testA, testB and truthA.

    Features: `image`, (H, W, 3) sRGB, losslessly encoded as PNG, and `name`, the file stem.
    Images are uint16 if any of them is, where 8-bit values are multiplied by 257; else uint8.

    Args:
        files: the images of each split, none empty.
        dtype: `np.uint8` or `np.uint16`, of all images.
        **kwargs: as for every TFDS builder.
    """

    VERSION = tfds.core.Version("1.0.0")
    # Nothing is downloaded. (Looking for checksums, TFDS 4.9.10 imports importlib_resources,
    # which it does not declare.)
    url_infos = None

    def __init__(self, *, files: dict[str, list[Path]], dtype: type, **kwargs: Any):
        self._files = files
        self._dtype = dtype
        super().__init__(**kwargs)

    def _info(self) -> tfds.core.DatasetInfo:
        image = tfds.features.Image(shape=(None, None, 3), dtype=self._dtype, encoding_format="png")
        features = {"image": image, "name": tfds.features.Text()}
        return tfds.core.DatasetInfo(
            builder=self,
            description="Negatives (A) and color photographs (B), unpaired.",
            features=tfds.features.FeaturesDict(features),
        )

    def _split_generators(self, dl_manager: tfds.download.DownloadManager) -> dict[str, Iterator]:
        return {split: self._generate_examples(files) for split, files in self._files.items()}

    def _generate_examples(self, files: list[Path]) -> Iterator[tuple[str, dict[str, Any]]]:
        for file in files:
            pixels = read(file)
            if pixels.dtype != self._dtype:
                pixels = from_unit(to_unit(pixels), self._dtype)
            yield file.name, {"image": pixels, "name": file.stem}


def prepare(folder: Path, data_dir: Path, shards: int | None = None) -> Path:
    """Writes a two-domain folder as a TensorFlow dataset.

    Args:
        folder: has trainA and trainB, and may have testA, testB and truthA.
        data_dir: where TFDS datasets are kept.
        shards: files per split, at most one per image; None leaves the number to TFDS.

    Returns:
        The folder of the prepared dataset, two_domain_folder/NAME/VERSION in `data_dir`, where
        NAME is the folder's.

    Raises:
        NegcolorError: a required split is missing, a split is empty, an image is unreadable, or
            the dataset exists already.
    """
    files = {
        split: find_images(folder / split)
        for split in SPLITS
        if split in REQUIRED or (folder / split).is_dir()
    }
    for split, images in files.items():
        if not images:
            raise NegcolorError(f"{folder / split} has no pictures: put some in or remove it.")
    sixteen_bit = any(read(file).dtype == np.uint16 for some in files.values() for file in some)
    builder = TwoDomainFolder(
        files=files,
        dtype=np.uint16 if sixteen_bit else np.uint8,
        config=tfds.core.BuilderConfig(name=folder.resolve().name),
        data_dir=data_dir,
    )
    prepared = Path(builder.data_dir)
    if prepared.exists():
        raise NegcolorError(f"{prepared} exists already: remove it or choose another --data-dir.")
    if shards is not None:
        shards = min(shards, *(len(images) for images in files.values()))
    builder.download_and_prepare(download_config=tfds.download.DownloadConfig(num_shards=shards))
    return prepared


def main() -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="has trainA, trainB and more")
    parser.add_argument("--data-dir", type=Path, required=True, help="where datasets are kept")
    parser.add_argument("--shards", type=int, help="files per split")
    options = parser.parse_args()
    try:
        prepared = prepare(options.folder, options.data_dir, options.shards)
    except NegcolorError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"--data tfds:{prepared}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
