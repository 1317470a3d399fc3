"""The eleven systems of the companion papers and three ablations, as data.

Where a paper is silent or contradicts itself, `System.assumptions` says what was chosen.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from negcolor.errors import lookup
from negcolor.experiments.networks import (
    PATCH_70,
    ArchaeologyCnn,
    ArchaeologyDiscriminator,
    ArchaeologyGenerator,
    Discriminator,
    Generator,
    Koalarization,
    ResNetUNet,
    UNet,
)
from negcolor.experiments.phases import Cycle, Gan, Optimizer, Phase, Regression, Wgan, adam

PAPERS = {
    "001": "Image Recoloring with conditional GANs",
    "002": "Image-to-Image Translation (Recoloring) with WGAN",
    "003": "Image Colorization using GAN and Inception-ResNet-v2",
    "004": "Colourizing Historic Archaeological Sites using Generative Adversarial Networks",
}
"""Their titles by their numbers here."""


@dataclass(frozen=True)
class AugmentationConfig:
    """What is varied at random of the training images.

    Attributes:
        flip: whether every second one is mirrored, left to right.
        rotation: degrees by which they are turned at most, either way.
        crop: the part of their sides that is cut away at most; the rest is enlarged again.
    """

    flip: bool = True
    rotation: float = 0.0
    crop: float = 0.0


@dataclass(frozen=True)
class System:
    """One grey-to-color system.

    Attributes:
        name: what `--system` takes.
        papers: numbers of the papers that have it.
        description: what it is, in a few words.
        generator: of a* and b* from L*; of a `Cycle`, of both directions.
        discriminator: None where there is none.
        conditional: whether the discriminator sees L* beside a* and b*.
        phases: of its training.
        image_size: side of its images, in pixels.
        batch_size: images per step.
        images: how many are taken of a larger collection.
        split: parts of them for training, validation and test.
        augmentation: of the training images.
        assumptions: what was chosen where the papers leave it open.
    """

    name: str
    papers: tuple[str, ...]
    description: str
    generator: Generator
    phases: tuple[Phase, ...]
    discriminator: Discriminator | None = PATCH_70
    conditional: bool = True
    image_size: int = 256
    batch_size: int = 20
    images: int = 3000
    split: tuple[float, float, float] = (0.8, 0.2, 0.0)
    augmentation: AugmentationConfig = AugmentationConfig()
    assumptions: tuple[str, ...] = ()

    def backbones(self) -> tuple[str, ...]:
        """The pretrained networks in its generator: "resnet18", "inception", "deeplab"."""
        if isinstance(self.generator, ResNetUNet):
            return ("resnet18",)
        if isinstance(self.generator, Koalarization):
            parts = {
                "deeplab": self.generator.segmentation,
                "inception": self.generator.inception,
            }
            return tuple(name for name, present in parts.items() if present)
        return ()


ADAM = adam(2e-4)
SLOW = Optimizer("rmsprop", 5e-5)


def _regression(name: str, epochs: int, rate: float, loss: str = "l1") -> Phase:
    return Phase(
        name=name,
        step=Regression(weights={loss: 1.0}),
        length=epochs,
        generator=Optimizer("adam", rate),
    )


_SIZES = "001 names 8000 + 2000 pictures and 2400 + 600: the latter, with which its settings stand."
_CRITIC = "Critic steps per generator step are not given: 5, as Arjovsky et al. 2017 have it."
_L1 = (
    "003's eq. 4 gives L1 no weight, but its losses of the generator (13.1 to 9.4, Table 3) fit "
    "the implementation that it follows, which has 100: 100."
)

UNET_GAN = System(
    "unet-gan",
    ("001", "002"),
    "conditional GAN, U-Net against a 70×70 PatchGAN",
    UNet(),
    (Phase(name="gan", step=Gan(), length=10, generator=ADAM, discriminator=ADAM),),
    assumptions=(
        _SIZES,
        "001 draws its U-Net from 32×32 to 2×2, but feeds 256×256: eight halvings, as in 002.",
        "002 gives neither rate, batch size nor λ: those of 001, for 002's 100 epochs.",
    ),
)
WGAN_CLIP = System(
    "wgan-clip",
    ("001", "002"),
    "Wasserstein GAN with clipped weights",
    UNet(),
    (Phase(name="wgan", step=Wgan(clip=0.01), length=20, generator=SLOW, discriminator=SLOW),),
    batch_size=32,
    assumptions=(_SIZES, _CRITIC, "Everything trained of the critic is clipped, its norms, too."),
)
INCEPTION_GAN = System(
    "inception-gan",
    ("003",),
    "GAN with image embedding and segmentation, the generator pretrained",
    Koalarization(),
    (
        _regression("pretraining", 20, 1e-4),
        Phase(
            name="gan",
            step=Gan(generator_steps=5),
            length=15,
            generator=ADAM,
            discriminator=ADAM,
        ),
    ),
    batch_size=64,
    images=10_000,
    assumptions=(
        _L1,
        "The encoder ends with 256 channels in Table 1 and with 512 in the text: 256.",
        "InceptionResNetV2 has 1000 logits in Keras, 1001 in the paper.",
        "DeepLabV3+ of keras-hub stands for DeepLabV3; both know the 21 classes of Pascal VOC, "
        "whose probabilities are what joins the input.",
        "The first convolution takes in three times L* and the 21 classes: the 24 channels that "
        "the text counts.",
    ),
)

_SYSTEMS = [
    UNET_GAN,
    dataclasses.replace(
        UNET_GAN,
        name="attention-unet-gan",
        papers=("001",),
        description="the same with attention gates on the skip connections",
        generator=UNet(attention=True),
        phases=(Phase(name="gan", step=Gan(), length=20, generator=ADAM, discriminator=ADAM),),
        assumptions=(_SIZES, "The gates are Oktay et al.'s, without the details that 001 omits."),
    ),
    dataclasses.replace(
        UNET_GAN,
        name="resnet18-unet-gan",
        papers=("001",),
        description="the same with an ImageNet ResNet18 as encoder, the generator pretrained",
        generator=ResNetUNet(),
        phases=(
            _regression("pretraining", 20, 1e-4),
            Phase(name="gan", step=Gan(), length=20, generator=ADAM, discriminator=ADAM),
        ),
        assumptions=(
            _SIZES,
            "How the generator is pretrained is not given: as in 003.",
            "fastai's defaults hold where 001 is silent: the input joins the last features. The "
            "result goes through tanh, as the U-Net's does.",
        ),
    ),
    WGAN_CLIP,
    dataclasses.replace(
        WGAN_CLIP,
        name="wgan-gp",
        papers=("001",),
        description="Wasserstein GAN with gradient penalty",
        discriminator=dataclasses.replace(PATCH_70, normalization="layer"),
        phases=(
            Phase(
                name="wgan",
                step=Wgan(gradient_penalty=10.0),
                length=20,
                generator=adam(5e-5, 0.0, 0.9),
                discriminator=adam(5e-5, 0.0, 0.9),
            ),
        ),
        assumptions=(
            _SIZES,
            _CRITIC,
            "Weight of the penalty, betas of Adam and the critic's layer normalization are not "
            "given: those of Gulrajani et al. 2017. Batch normalization would not fit the penalty.",
        ),
    ),
    dataclasses.replace(
        UNET_GAN,
        name="grey-cyclegan",
        papers=("001",),
        description="CycleGAN between grey and color with a loss of detail, unpaired",
        generator=UNet(normalization="instance"),
        discriminator=dataclasses.replace(PATCH_70, normalization="instance"),
        phases=(
            Phase(
                name="cyclegan",
                step=Cycle(detail_weight=5.0),
                length=20,
                data="unpaired",
                generator=adam(1e-5),
                discriminator=adam(1e-5),
            ),
        ),
        batch_size=1,
        assumptions=(
            _SIZES,
            "λ is 0 in the text and 10 among the settings: 10; the text's is the identity loss's.",
            "The loss of detail is not written out: the mean difference in L* between a picture "
            "and its translation, both ways. Its weight reads 0.51 λ: 0.5 λ.",
            "Generators and discriminators are not described: those of the conditional GAN, with "
            "instance normalization, to which batches of one picture amount.",
        ),
    ),
    dataclasses.replace(
        INCEPTION_GAN,
        name="deep-koalarization",
        description="encoder, image embedding and decoder, regression alone",
        generator=Koalarization(segmentation=False),
        discriminator=None,
        phases=(_regression("regression", 15, 1e-3, "mse"),),
        assumptions=("Epochs and batch size are not given: those of 003's own system.",),
    ),
    INCEPTION_GAN,
    dataclasses.replace(
        INCEPTION_GAN,
        name="inception-gan-no-pretraining",
        description="ablation: without the generator's pretraining",
        phases=INCEPTION_GAN.phases[1:],
    ),
    dataclasses.replace(
        INCEPTION_GAN,
        name="inception-gan-no-segmentation",
        description="ablation: without the segmentation and the convolution that takes it in",
        generator=Koalarization(segmentation=False),
    ),
    dataclasses.replace(
        INCEPTION_GAN,
        name="inception-gan-no-inception",
        description="ablation: without the image embedding",
        generator=Koalarization(inception=False),
        assumptions=(*INCEPTION_GAN.assumptions, "The 1×1 convolution of the fusion stays."),
    ),
    dataclasses.replace(
        UNET_GAN,
        name="pix2pix",
        papers=("003",),
        description="baseline of 003",
        phases=(Phase(name="gan", step=Gan(), length=15, generator=ADAM, discriminator=ADAM),),
        batch_size=64,
        images=10_000,
        assumptions=(
            "003 gives no settings: networks, losses and Adam of pix2pix; pictures, batches and "
            "epochs of 003's own system, so that they differ in nothing else.",
        ),
    ),
    System(
        "archaeology-gan",
        ("004",),
        "plain encoder and decoder, pretrained, then against one verdict per picture",
        ArchaeologyGenerator(),
        (
            _regression("pretraining", 27, 1e-4, "mse"),
            *(
                Phase(
                    name=f"phase_{number}",
                    step=Gan(weights={"adversarial": 1.0, "l1": 0.0}),
                    length=epochs,
                    generator=Optimizer("sgd", rate),
                    discriminator=Optimizer("sgd", discriminator_rate),
                )
                for number, epochs, rate, discriminator_rate in (
                    (1, 100, 1e-4, 1e-4),
                    (2, 100, 1e-4, 1e-5),
                    (3, 50, 1e-5, 1e-5),
                )
            ),
        ),
        ArchaeologyDiscriminator(),
        conditional=False,
        image_size=128,
        batch_size=32,
        images=4842,
        split=(0.8, 0.15, 0.05),
        augmentation=AugmentationConfig(rotation=10.0, crop=0.2),
        assumptions=(
            "The noise that Figure 2 shows is nowhere else: L* twice, as section 5.1 says.",
            "Channels are not given: 64, doubled up to 512, and 64, 128, 256 with a dense layer of "
            "1024, which come to the parameters that the paper names.",
            "Angles and crops are not given: up to 10 degrees, up to a fifth of the sides.",
            "Whether a* and b* were scaled is not said; errors of 20 to 130 mean that they were "
            "not. The networks give them in CIELAB's units, the losses see them scaled.",
        ),
    ),
]
ARCHAEOLOGY_GAN = _SYSTEMS[-1]
_SYSTEMS.append(
    dataclasses.replace(
        ARCHAEOLOGY_GAN,
        name="archaeology-cnn",
        description="baseline of 004: a small autoencoder, regression alone",
        generator=ArchaeologyCnn(),
        discriminator=None,
        phases=(_regression("regression", 60, 1e-4, "mse"),),
        assumptions=("Channels are not given: 64 and 128, which come to the parameters named.",),
    )
)

SYSTEMS: dict[str, System] = {system.name: system for system in _SYSTEMS}


def find_system(name: str) -> System:
    """The system of that name.

    Raises:
        NegcolorError: there is none; the message lists the choices.
    """
    return lookup(SYSTEMS, name, "system")
