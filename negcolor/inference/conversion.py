"""What a batch does to each image: develop a negative, color a grey image, or both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from negcolor.inference.colorization import Colorizer, add_color
from negcolor.inference.convert import DEFAULT_MEMORY, Method, choose_method, convert
from negcolor.inference.models import Network
from negcolor.inference.trims import NO_TRIMS, Trims


class Converted(NamedTuple):
    """What a conversion gives.

    pixels: (H, W, 3) sRGB.
    outside: of colored images, how many pixels had colors that sRGB lacks and were mixed with
        grey until they fitted.
    """

    pixels: np.ndarray
    outside: int | None = None


class Conversion(Protocol):
    """Turns images into the images that are wanted."""

    def method(self, shape: tuple[int, ...]) -> Method:
        """How an image of that shape (H, W, 3) is converted.

        Raises:
            NegcolorError: it cannot be.
        """

    def convert(self, image: np.ndarray, dtype: np.typing.DTypeLike) -> Converted:
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

    def convert(self, image: np.ndarray, dtype: np.typing.DTypeLike) -> Converted:
        method = self.method(image.shape)
        return Converted(
            convert(
                image, self.network, method, self.memory, dtype, self.trims, neutral=self.neutral
            )
        )


@dataclass(frozen=True)
class GreyConversion:
    """Grey images become colored ones, see `negcolor.inference.colorization`.

    Attributes:
        colorizer: what sees the colors.
        trims: of the results.
    """

    colorizer: Colorizer
    trims: Trims = NO_TRIMS

    def method(self, shape: tuple[int, ...]) -> Method:
        return Method.GUIDED

    def convert(self, image: np.ndarray, dtype: np.typing.DTypeLike) -> Converted:
        return Converted(*add_color(image, self.colorizer, dtype, self.trims))


@dataclass(frozen=True)
class GreyNegativeConversion:
    """Black-and-white negatives become grey positives, and these colored ones.

    Attributes:
        negatives: how the grey positives are made, without trims.
        grey: how they are colored.
    """

    negatives: NegativeConversion
    grey: GreyConversion

    def method(self, shape: tuple[int, ...]) -> Method:
        return self.negatives.method(shape)

    def convert(self, image: np.ndarray, dtype: np.typing.DTypeLike) -> Converted:
        positive = self.negatives.convert(image, "uint16").pixels
        out = positive if positive.dtype == dtype else None  # large images are there once less
        grey = self.grey
        return Converted(*add_color(positive, grey.colorizer, dtype, grey.trims, out=out))
