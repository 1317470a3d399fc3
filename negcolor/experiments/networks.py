"""What the generators and discriminators of the companion papers' systems can be, as data.

All generators turn lightness L* (B, S, S, 1) into a* and b* (B, S, S, 2), scaled as
`negcolor.images.lab` says; S is a multiple of their `multiple`. `filters` are the channels of the
first convolutions; all others are in proportion to them. The builders are in `negcolor.networks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from negcolor.errors import NegcolorError
from negcolor.experiments.modifications import DiscriminatorConfig


@dataclass(frozen=True)
class UNet:
    """The U-Net of pix2pix (Isola et al. 2017, arXiv:1611.07004, appendix 6.1).

    Attributes:
        filters: channels of the first convolution, doubled by each that follows, up to eight times.
        downsamplings: how often the image is halved; less often where its side is odd before.
        dropout: rate after the three decoder blocks next to the innermost.
        normalization: "batch", or "instance", which batches of one image amount to.
        attention: whether gates weigh what the skip connections hand over (Oktay et al. 2018,
            arXiv:1804.03999).
    """

    filters: int = 64
    downsamplings: int = 8
    dropout: float = 0.5
    normalization: str = "batch"
    attention: bool = False

    multiple: ClassVar[int] = 32  # so that an image can be halved five times at least


@dataclass(frozen=True)
class ResNetUNet:
    """A U-Net whose encoder is a ResNet18, decoded by pixel shuffles (fastai's DynamicUnet).

    Attributes:
        filters: from which the later stages widen; the first stage has 64 channels always.
    """

    filters: int = 64

    multiple: ClassVar[int] = 32


@dataclass(frozen=True)
class Koalarization:
    """Encoder, fusion with an image embedding, decoder (003, Tables 1 and 4).

    Attributes:
        filters: channels of the first strided convolution.
        segmentation: whether the classes that DeepLabV3 sees join the input, which an additional
            convolution takes in (003, Table 1; without it, Table 4).
        inception: whether InceptionResNetV2's logits join the encoder's features.
    """

    filters: int = 64
    segmentation: bool = True
    inception: bool = True

    @property
    def multiple(self) -> int:
        return 32 if self.segmentation else 8  # DeepLabV3 halves five times


@dataclass(frozen=True)
class ArchaeologyGenerator:
    """Five convolutions down, five transposed ones up, no skip connections (004, 5.1)."""

    filters: int = 64

    multiple: ClassVar[int] = 16


@dataclass(frozen=True)
class ArchaeologyCnn:
    """The baseline of 004 (section 6, Figure 7): one halving, one skip connection."""

    filters: int = 64

    multiple: ClassVar[int] = 2


@dataclass(frozen=True)
class ArchaeologyDiscriminator:
    """Three convolutions of stride 3 and two dense layers: one verdict per image (004, 5.2).

    Attributes:
        filters: channels of the first convolution, doubled by both that follow.
        units: of the first dense layer.
    """

    filters: int = 64
    units: int = 1024


Generator = UNet | ResNetUNet | Koalarization | ArchaeologyGenerator | ArchaeologyCnn
Discriminator = DiscriminatorConfig | ArchaeologyDiscriminator

PATCH_70 = DiscriminatorConfig(
    convolutions=((4, 2), (4, 2), (4, 2), (4, 1)), normalization="batch", padding="one"
)
"""pix2pix's PatchGAN: patches of 70×70 pixels, 30×30 logits of images of 256×256."""


def check_size(generator: Generator, image_size: int) -> None:
    """Complains about a side that a generator cannot halve often enough.

    Raises:
        NegcolorError: it is no multiple of the generator's `multiple`.
    """
    if image_size < generator.multiple or image_size % generator.multiple:
        raise NegcolorError(
            f"--image-size {image_size} does not fit the networks of this system; give a multiple "
            f"of {generator.multiple}."
        )
