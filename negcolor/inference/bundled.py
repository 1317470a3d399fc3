"""The trained models that come with the package: compact models in its folder saved_models."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from negcolor.errors import NegcolorError
from negcolor.inference.compact import CONFIG, is_compact, read_description

DEFAULT_MODEL = "film"
"""What converts scans where no model is named."""


@dataclass(frozen=True)
class BundledModel:
    """A model that comes with the package, under the name of its folder."""

    name: str
    description: str
    folder: Path

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(file.stat().st_size for file in self.folder.iterdir() if file.is_file())


def models_folder() -> Path:
    """Where the package keeps its models: saved_models beside negcolor, installed or checked out.

    Not by its import: a folder of that name where Python was started could come first.
    """
    return Path(__file__).parents[2] / "saved_models"


def bundled_models() -> list[BundledModel]:
    """All models that come with the package, by name.

    Raises:
        NegcolorError: what one of them says about itself cannot be read.
    """
    folders = sorted(file.parent for file in models_folder().glob(f"*/{CONFIG}"))
    return [BundledModel(folder.name, read_description(folder).text, folder) for folder in folders]


def bundled_folder(name: str) -> Path | None:
    """The folder of the shipped model of that name; None if there is none."""
    folder = models_folder() / name
    return folder if Path(name).name == name and is_compact(folder) else None


def default_folder() -> Path:
    """The folder of `DEFAULT_MODEL`.

    Raises:
        NegcolorError: the installation lacks it.
    """
    folder = bundled_folder(DEFAULT_MODEL)
    if folder is None:
        raise NegcolorError(
            f"this installation of negcolor lacks its model {DEFAULT_MODEL!r}: install the package "
            "again, or give --model, --server or --classical."
        )
    return folder
