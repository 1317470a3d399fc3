"""Reading and writing pictures: 8- and 16-bit PNG and TIFF, JPEG; always upright sRGB."""

import io
import os
import stat
import struct
import uuid
import zlib
from collections.abc import Iterable
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile
from PIL import Image

from negcolor.errors import NegcolorError
from negcolor.images.formats import decode
from negcolor.images.profiles import srgb_profile, to_srgb

SUFFIXES = frozenset({".png", ".tif", ".tiff", ".jpg", ".jpeg"})
"""Suffixes, in lower case, of the files that `write` writes and `find_pictures` finds."""


def read(path: str | os.PathLike[str]) -> np.ndarray:
    """Reads a picture as upright sRGB.

    The format is found from the content, not the name. Depth: 8 bits or fewer become uint8,
    9–16 bits and floating-point TIFFs (values in [0, 1]) uint16. Grey becomes three equal
    channels. An embedded ICC profile is applied; without one the values are taken as sRGB (PNG's
    gAMA and cHRM are not read). The EXIF orientation is applied. Of a multi-page TIFF the first
    page is read. An alpha channel is dropped and the colours under it stay as recorded: what
    scanners store there is infrared, and blending with a background would change the colours.

    Args:
        path: a PNG, TIFF (BigTIFF too) or JPEG file.

    Returns:
        (H, W, 3), uint8 or uint16, sRGB-encoded, C-contiguous.

    Raises:
        NegcolorError: the file is missing, unreadable, no picture, damaged, larger than
            `formats.MAX_PIXELS`, or of a variety that is not read.
    """
    path = Path(path)
    data = _read_bytes(path)
    try:
        stored = decode(data)
        pixels = to_srgb(stored.pixels, stored.space, stored.profile)
        if 0 in pixels.shape:
            raise ValueError("no pixels")
        return np.ascontiguousarray(_turn_upright(pixels, stored.orientation))
    except NegcolorError as error:
        raise NegcolorError(f"{path} {error}.") from error
    except MemoryError as error:
        raise NegcolorError(f"{path} does not fit into memory: use a smaller picture.") from error
    except Exception as error:  # decoders raise nearly anything for damaged data
        raise NegcolorError(
            f"{path} is damaged or incomplete ({_one_line(error)}): copy or scan it again."
        ) from error


def write(path: str | os.PathLike[str], pixels: np.ndarray, *, overwrite: bool = False) -> None:
    """Writes an sRGB picture, tagged as sRGB; the file is there complete or not at all.

    PNG and TIFF (deflate) keep 8 or 16 bits exactly, JPEG (quality 95, colour not subsampled)
    takes 8 bits. Missing parent folders are made. The bytes go to a hidden temporary file in the
    same folder, which takes the final name once it is on the disk.

    Args:
        path: ends in one of `SUFFIXES`, in any case, which chooses the format.
        pixels: (H, W, 3), uint8 or uint16, sRGB-encoded, upright.
        overwrite: replace an existing file.

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
    if path.suffix.lower() not in SUFFIXES:
        raise NegcolorError(
            f"{path} cannot be written: end its name in one of {', '.join(sorted(SUFFIXES))}."
        )
    if path.suffix.lower() in (".jpg", ".jpeg") and pixels.dtype != np.uint8:
        raise NegcolorError(f"{path} cannot hold 16 bits: choose .png or .tif, or 8 bits.")
    try:
        if not overwrite and os.path.lexists(path):  # before the work of encoding
            raise FileExistsError
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(path, _encode(path.suffix.lower(), pixels), overwrite)
    except FileExistsError as error:
        obstacle = path if path.parent.is_dir() else path.parent  # a file where a folder should be
        raise NegcolorError(
            f"{obstacle} exists already: remove it or choose another name."
        ) from error
    except (OSError, RuntimeError) as error:  # imagecodecs raises RuntimeErrors
        raise NegcolorError(
            f"{path} cannot be written ({_one_line(error)}): check the folder and its free space."
        ) from error


def find_pictures(folder: str | os.PathLike[str]) -> list[Path]:
    """Lists the pictures in a folder, not below it, sorted by name.

    Returns:
        Files whose suffix, in any case, is in `SUFFIXES` and whose name begins with no dot.

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


def gather_pictures(inputs: Iterable[str | os.PathLike[str]]) -> list[Path]:
    """Lists the picture files among files and folders (one level deep), each file once.

    Files are taken whatever their suffix; `read` says what is wrong with them.

    Raises:
        NegcolorError: for a path that does not exist or a folder without pictures.
    """
    pictures: dict[Path, Path] = {}
    for path in map(Path, inputs):
        if not os.path.lexists(path):
            raise NegcolorError(f"{path} does not exist: name pictures or folders of them.")
        found = find_pictures(path) if path.is_dir() else [path]
        if not found:
            raise NegcolorError(f"{path} holds no pictures: name a folder of PNG, TIFF or JPEG.")
        for picture in found:
            pictures.setdefault(picture.resolve(), picture)
    return list(pictures.values())


def _read_bytes(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe or device could keep us forever
            raise NegcolorError(f"{path} is not a file: name a PNG, TIFF or JPEG file.")
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise NegcolorError(
            f"{path} cannot be read ({_one_line(error)}): check the name and its permissions."
        ) from error
    if not data:
        raise NegcolorError(f"{path} is empty: copy or scan it again.")
    return data


def _turn_upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Undoes the EXIF orientation (CIPA DC-008, tag 274): where row 0 and column 0 are seen."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels


def _encode(suffix: str, pixels: np.ndarray) -> bytes:
    if suffix == ".png":
        data = imagecodecs.png_encode(np.ascontiguousarray(pixels))
        after_header = 8 + 25  # signature and IHDR
        return b"".join((data[:after_header], _png_srgb_chunk(), data[after_header:]))
    buffer = io.BytesIO()
    if suffix in (".tif", ".tiff"):
        tifffile.imwrite(
            buffer,
            pixels,
            photometric="rgb",
            compression="zlib",
            predictor=True,
            iccprofile=srgb_profile(),
            software="negcolor",
            metadata=None,
        )
    else:
        Image.fromarray(pixels).save(
            buffer, "JPEG", quality=95, subsampling="4:4:4", icc_profile=srgb_profile()
        )
    return buffer.getvalue()


def _png_srgb_chunk() -> bytes:
    body = b"sRGB" + b"\0"  # perceptual intent (PNG specification, 11.3.2.5)
    return struct.pack(">I", 1) + body + struct.pack(">I", zlib.crc32(body))


def _write_whole(path: Path, data: bytes, overwrite: bool) -> None:
    temporary = path.with_name(f".negcolor-{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            os.replace(temporary, path)
        else:
            _rename_to_new(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _rename_to_new(temporary: Path, path: Path) -> None:
    """A rename that raises FileExistsError where a rename would replace."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # exFAT and some network shares have no hard links
        path.open("xb").close()  # claims the name
        try:
            os.replace(temporary, path)
        except BaseException:
            path.unlink()
            raise


def _one_line(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split())[:120] or type(error).__name__
