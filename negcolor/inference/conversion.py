"""What a batch does to each picture: develop a negative, colour a grey picture, or both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from negcolor.inference.colorization import Colorizer, add_colour
from negcolor.inference.convert import DEFAULT_MEMORY, Method, choose_method, convert
from negcolor.inference.models import Network
from negcolor.inference.trims import NO_TRIMS, Trims


class Converted(NamedTuple):
    """What a conversion gives.

    pixels: (H, W, 3) sRGB.
    outside: of coloured pictures, how many pixels had colours that sRGB lacks and were mixed with
        grey until they fitted.
    """

    pixels: np.ndarray
    outside: int | None = None


class Conversion(Protocol):
    """Turns pictures into the pictures that are wanted."""

    def method(self, shape: tuple[int, ...]) -> Method:
        """How a picture of that shape (H, W, 3) is converted.

        Raises:
            NegcolorError: it cannot be.
        """

    def convert(self, picture: np.ndarray, dtype: np.typing.DTypeLike) -> Converted:
        """(H, W, 3) uint8 or uint16 sRGB -> the same of `dtype`."""


@dataclass(frozen=True)
class NegativeConversion:
    """Negatives become positives, see `negcolor.inference.convert`.

    Attributes:
        network: what converts them.
        wanted: how.
        memory: bytes that the process may take in all.
        trims: of the results.
        neutral: whether results are grey.
    """

    network: Network
    wanted: Method = Method.AUTO
    memory: int = DEFAULT_MEMORY
    trims: Trims = NO_TRIMS
    neutral: bool = False

    def method(self, shape: tuple[int, ...]) -> Method:
        return choose_method(shape, self.network, self.wanted, self.memory)

    def convert(self, picture: np.ndarray, dtype: np.typing.DTypeLike) -> Converted:
        method = self.method(picture.shape)
        return Converted(
            convert(
                picture, self.network, method, self.memory, dtype, self.trims, neutral=self.neutral
            )
        )


@dataclass(frozen=True)
class GreyConversion:
    """Grey pictures become coloured ones, see `negcolor.inference.colorization`.

    Attributes:
        colorizer: what sees the colours.
        trims: of the results.
    """

    colorizer: Colorizer
    trims: Trims = NO_TRIMS

    def method(self, shape: tuple[int, ...]) -> Method:
        return Method.GUIDED

    def convert(self, picture: np.ndarray, dtype: np.typing.DTypeLike) -> Converted:
        return Converted(*add_colour(picture, self.colorizer, dtype, self.trims))


@dataclass(frozen=True)
class GreyNegativeConversion:
    """Black-and-white negatives become grey positives, and these coloured ones.

    Attributes:
        negatives: how the grey positives are made, without trims.
        grey: how they are coloured.
    """

    negatives: NegativeConversion
    grey: GreyConversion

    def method(self, shape: tuple[int, ...]) -> Method:
        return self.negatives.method(shape)

    def convert(self, picture: np.ndarray, dtype: np.typing.DTypeLike) -> Converted:
        positive = self.negatives.convert(picture, "uint16").pixels
        out = positive if positive.dtype == dtype else None  # large pictures are there once less
        grey = self.grey
        return Converted(*add_colour(positive, grey.colorizer, dtype, grey.trims, out=out))
