"""Reading and writing images: PNG and TIFF of 8 and 16 bits, JPEG; always upright sRGB."""

import os
import stat
from collections.abc import Iterable
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple

import numpy as np

from negcolor.atomic import atomic_write
from negcolor.errors import NegcolorError
from negcolor.images.formats import FORMATS, READ, SUFFIXES, WRITTEN, Format, decode
from negcolor.images.icc import to_srgb
from negcolor.images.metadata import Metadata, upright_metadata


class Scan(NamedTuple):
    """An image as `read_scan` returns it.

    pixels: (H, W, 3), uint8 or uint16, sRGB-encoded, upright, C-contiguous.
    metadata: what to hand to `write` with the images made of it.
    """

    pixels: np.ndarray
    metadata: Metadata


def read(path: str | os.PathLike[str]) -> np.ndarray:
    """Reads an image as upright sRGB: the pixels of `read_scan`."""
    return read_scan(path).pixels


def read_scan(path: str | os.PathLike[str]) -> Scan:
    """Reads an image as upright sRGB, with its metadata.

    The format is found from the content, not the name, save for raw files that are not TIFFs.
    Depth: 8 bits or fewer become uint8, 9–16 bits, raw files and floating-point TIFFs (values in
    [0, 1]) uint16. Grey becomes three equal channels. An embedded ICC profile is applied; without
    one the values are taken as sRGB (PNG's gAMA and cHRM are not read). The EXIF orientation is
    applied. Of a multi-page TIFF the first page is read. An alpha channel is dropped and the
    colors under it stay as recorded: what scanners store there is infrared, and blending with a
    background would change the colors. Raw files are developed as `raw.develop` says.

    Args:
        path: a PNG, TIFF (BigTIFF too), JPEG or raw file.

    Raises:
        NegcolorError: the file is missing, unreadable, no image, damaged, larger than
            `decoded.MAX_PIXELS`, of a variety that is not read, or raw without rawpy installed.
    """
    path = Path(path)
    with _open(path) as file:
        try:
            pixels, space, profile, orientation, tags, resolution = decode(path, file)
            if 0 in pixels.shape:
                raise ValueError("no pixels")
            pixels = to_srgb(pixels, space, profile)
            pixels = np.ascontiguousarray(_turn_upright(pixels, orientation))
            return Scan(pixels, upright_metadata(tags, resolution, orientation))
        except NegcolorError as error:
            raise NegcolorError(f"{path} {error}.") from error
        except MemoryError as error:
            raise NegcolorError(
                f"{path} does not fit into memory: use a smaller picture."
            ) from error
        except Exception as error:  # decoders raise nearly anything for damaged data
            raise NegcolorError(
                f"{path} is damaged or incomplete ({_one_line(error)}): copy or scan it again."
            ) from error


def write(
    path: str | os.PathLike[str],
    pixels: np.ndarray,
    *,
    overwrite: bool = False,
    metadata: Metadata | None = None,
) -> None:
    """Writes an sRGB image, tagged as sRGB; the file is there complete or not at all.

    PNG and TIFF (deflate) keep 8 or 16 bits exactly, JPEG (quality 95, color not subsampled)
    takes 8 bits. Missing parent folders are made. How the file comes to its name: `atomic_write`.

    Args:
        path: ends in one of `formats.SUFFIXES`, in any case, which chooses the format.
        pixels: (H, W, 3), uint8 or uint16, sRGB-encoded, upright.
        overwrite: replace an existing file.
        metadata: as `read_scan` returns it; kept in all formats (PNG and JPEG round the
            resolution to whole pixels per meter and per inch).

    Raises:
        NegcolorError: unknown suffix, 16 bits for a JPEG, an existing file, or the file cannot
            be written (permissions, full disk).
        ValueError: `pixels` is of another shape or dtype.
    """
    path = Path(path)
    if pixels.dtype not in (np.uint8, np.uint16) or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError(f"need (H, W, 3) uint8 or uint16, not {pixels.shape} {pixels.dtype}")
    if pixels.size == 0:
        raise ValueError("a picture has at least one pixel")
    format_ = format_of(path)
    if pixels.dtype != format_.nearest_dtype(pixels.dtype):
        deeper = (other.suffixes[0] for other in FORMATS.values() if 16 in other.bit_depths)
        raise NegcolorError(f"{path} cannot hold 16 bits: choose {' or '.join(deeper)}, or 8 bits.")
    try:
        with atomic_write(path, overwrite=overwrite) as file:
            format_.encode(file, pixels, metadata or Metadata())
    except FileExistsError as error:
        obstacle = path if path.parent.is_dir() else path.parent  # a file where a folder should be
        raise NegcolorError(
            f"{obstacle} exists already: remove it or choose another name."
        ) from error
    except (OSError, RuntimeError) as error:  # imagecodecs raises RuntimeErrors
        raise NegcolorError(
            f"{path} cannot be written ({_one_line(error)}): check the folder and its free space."
        ) from error


def format_of(path: Path) -> Format:
    """The format that a file is to have by its suffix, in any case.

    Raises:
        NegcolorError: there is none.
    """
    try:
        return SUFFIXES[path.suffix.lower()]
    except KeyError:
        raise NegcolorError(
            f"{path} cannot be written: end its name in one of {', '.join(sorted(SUFFIXES))}."
        ) from None


def find_images(folder: str | os.PathLike[str]) -> list[Path]:
    """Lists the images in a folder, not below it, sorted by name.

    Returns:
        Files whose suffix, in any case, is in `formats.SUFFIXES` and whose name begins with no dot.

    Raises:
        NegcolorError: the folder is missing, unreadable or no folder.
    """
    folder = Path(folder)
    try:
        return sorted(
            path
            for path in folder.iterdir()
            if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()
        )
    except (OSError, ValueError) as error:
        raise NegcolorError(
            f"{folder} cannot be listed ({_one_line(error)}): name a folder of pictures."
        ) from error


def gather_images(inputs: Iterable[str | os.PathLike[str]]) -> list[Path]:
    """Lists the image files among files and folders (one level deep), each file once.

    Files are taken whatever their suffix; `read` says what is wrong with them.

    Raises:
        NegcolorError: for a path that does not exist or a folder without images.
    """
    images: dict[Path, Path] = {}
    for path in map(Path, inputs):
        if not os.path.lexists(path):
            raise NegcolorError(f"{path} does not exist: name pictures or folders of them.")
        found = find_images(path) if path.is_dir() else [path]
        if not found:
            raise NegcolorError(f"{path} holds no pictures: name a folder of {WRITTEN}.")
        for image in found:
            images.setdefault(image.resolve(), image)
    return list(images.values())


def _open(path: Path) -> BufferedReader:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe or device could keep us forever
            raise NegcolorError(f"{path} is not a file: name a {READ} file.")
        if path.stat().st_size == 0:
            raise NegcolorError(f"{path} is empty: copy or scan it again.")
        return path.open("rb")
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise NegcolorError(
            f"{path} cannot be read ({_one_line(error)}): check the name and its permissions."
        ) from error


def _turn_upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Undoes the EXIF orientation (CIPA DC-008, tag 274): where row 0 and column 0 are seen."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels


def _one_line(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split())[:120] or type(error).__name__
