"""The baseline CycleGAN, the paper's modifications and its named variants, as data.

Every entry says only what differs from :data:`BASELINE`, in the fields of three frozen
dataclasses; each field is read in exactly one place of a builder or of the training. The paper is
"Enhancing Negative Film Colorization through Systematic CycleGAN Architectural Modifications"
(2025). It describes its modifications in words only; the entries are negcolor's reading of them
and carry the words and the paper's own counts (Table III) beside ours.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from negcolor.errors import lookup


@dataclass(frozen=True)
class GeneratorConfig:
    """Encoder, residual blocks, decoder. The defaults are Table I of the paper.

    Attributes:
        filters: channels of the first convolution; doubled at each of the two down-samplings.
        residual_blocks: number of residual blocks at a quarter of the input's size.
        residual_order: "post" is convolution, norm, ReLU (He et al. 2015); "pre" is norm, ReLU,
            convolution with the last convolution starting at zero (He et al. 2016).
        residual_dropout: dropout rate inside each residual block.
        outer_kernel: kernel size of the first and the last convolution.
        sampling_kernel: kernel size of the strided and of the transposed convolutions.
        normalization: "instance", "batch" or "layer".
        activation: "relu" or "leaky_relu" (slope .2).
        upsampling: one name per stage: "transposed", "nearest" or "nearest_x4" (each followed by
            a 3×3 convolution), or "bilinear" (no weights). Where the stages overshoot the input's
            size, the output convolution strides back.
        upsampling_dropout: dropout rate after each up-sampling stage.
        extra_convolution: None, or a 3×3 convolution behind the "encoder" or before the "output".
        skip_connections: join the encoder's features to the decoder's at both scales by a 1×1
            convolution.
        prior: None, or "density": start from the positive that densitometry gives and add to it,
            see `negcolor.networks.density_prior`.
    """

    filters: int = 64
    residual_blocks: int = 9
    residual_order: str = "post"
    residual_dropout: float = 0.0
    outer_kernel: int = 7
    sampling_kernel: int = 4
    normalization: str = "instance"
    activation: str = "relu"
    upsampling: tuple[str, ...] = ("transposed", "transposed")
    upsampling_dropout: float = 0.0
    extra_convolution: str | None = None
    skip_connections: bool = False
    prior: str | None = None


@dataclass(frozen=True)
class DiscriminatorConfig:
    """PatchGAN. The defaults are Table II of the paper, with a receptive field of 95 pixels.

    Attributes:
        filters: channels of the first convolution, doubled in each one that follows, up to
            eight times as many.
        convolutions: (kernel size, stride) of each hidden convolution; the output is a 4×4
            convolution with stride 1 behind them.
        normalization: "instance", "batch" or "layer", behind every hidden convolution but the
            first.
        spectral_normalization: divide every kernel by its largest singular value
            (Miyato et al. 2018).
        padding: "same", or "one": a row and a column of zeros at each border, as in the original
            PatchGAN, whose convolutions with stride 1 shrink the image by one.
    """

    filters: int = 64
    convolutions: tuple[tuple[int, int], ...] = ((5, 2), (4, 2), (4, 2), (4, 2))
    normalization: str = "instance"
    spectral_normalization: bool = False
    padding: str = "same"

    @property
    def receptive_field(self) -> int:
        """Side in pixels of the input patch that one output value sees."""
        field_size = 4
        for kernel, stride in reversed(self.convolutions):
            field_size = (field_size - 1) * stride + kernel
        return field_size


@dataclass(frozen=True)
class TrainingConfig:
    """What the objective and the optimizers take from a modification.

    Attributes:
        cycle_weight: weight of the cycle-consistency loss (eq. 2).
        identity_weight: weight of the identity loss (eq. 3); the baseline has none.
        generator_learning_rate: Adam's learning rate for both generators.
        discriminator_learning_rate: Adam's learning rate for both discriminators.
        augmentation: whether training images are augmented on the fly.
    """

    cycle_weight: float = 10.0
    identity_weight: float = 0.0
    generator_learning_rate: float = 2e-4
    discriminator_learning_rate: float = 2e-4
    augmentation: bool = True


@dataclass(frozen=True)
class PaperCounts:
    """What Table III of the paper states for a modification."""

    generator_layers: int
    generator_parameters_millions: float
    discriminator_convolutions: int


@dataclass(frozen=True)
class Modification:
    """One row of the paper's ablation, or a named variant.

    Attributes:
        key: the paper's number, "0" for its baseline, or the variant's name.
        description: what the paper says was changed.
        purpose: what the paper says it is for.
        paper: the paper's counts; None where it has none.
        generator, discriminator, training: what differs from the baseline.
    """

    key: str
    description: str
    purpose: str
    paper: PaperCounts | None = None
    generator: GeneratorConfig = GeneratorConfig()
    discriminator: DiscriminatorConfig = DiscriminatorConfig()
    training: TrainingConfig = TrainingConfig()

    @property
    def name(self) -> str:
        """A title for reports: "baseline", "modification 4" or the variant's name."""
        if self.key == "0":
            return "baseline"
        return f"modification {self.key}" if self.key.isdigit() else self.key

    def differences(self) -> dict[str, dict[str, object]]:
        """The fields that differ from the baseline, by part: {"generator": {"filters": 48}}."""
        found = {}
        for part in ("generator", "discriminator", "training"):
            ours, base = getattr(self, part), getattr(BASELINE, part)
            changed = {
                f.name: getattr(ours, f.name)
                for f in dataclasses.fields(ours)
                if getattr(ours, f.name) != getattr(base, f.name)
            }
            if changed:
                found[part] = changed
        return found


BASELINE = Modification("0", "baseline", "Tables I and II", PaperCounts(12, 3.2, 4))

# "4 convolutional layers" of Table III are Table II's hidden ones; a fifth has stride 1, so that
# the output keeps its 16×16 values; three are Table II's without the last.
FIVE_CONVOLUTIONS = DiscriminatorConfig(convolutions=(*BASELINE.discriminator.convolutions, (4, 1)))
THREE_CONVOLUTIONS = DiscriminatorConfig(convolutions=BASELINE.discriminator.convolutions[:3])

# fmt: off
_ENTRIES = [
    BASELINE,
    Modification(
        "1", "9+3 residual blocks", "detail preservation, feature extraction",
        PaperCounts(12, 3.5, 5), generator=GeneratorConfig(residual_blocks=12),
        discriminator=FIVE_CONVOLUTIONS,
    ),
    Modification(
        "2", "8 residual blocks", "efficiency, less overfitting, shorter training",
        PaperCounts(11, 3.2, 4), generator=GeneratorConfig(residual_blocks=8),
    ),
    Modification(
        "3", "additional up-sampling layer", "resolution fidelity, fine detail",
        PaperCounts(13, 3.8, 5), generator=GeneratorConfig(upsampling=("transposed",) * 3),
        discriminator=FIVE_CONVOLUTIONS,
    ),
    Modification(
        "4", "optimized residual blocks; same structure as Model 1",
        "color transfer accuracy, detail preservation, training stability", PaperCounts(12, 3.5, 5),
        generator=GeneratorConfig(residual_blocks=12, residual_order="pre"),
        discriminator=FIVE_CONVOLUTIONS,
    ),
    Modification(
        "5", "dropout layer integration; discriminator as Model 3",
        "regularization against overfitting", PaperCounts(14, 4.0, 5),
        generator=GeneratorConfig(upsampling_dropout=0.5), discriminator=FIVE_CONVOLUTIONS,
    ),
    Modification(
        "6", "modified kernel sizes", "faster computation", PaperCounts(10, 2.5, 3),
        generator=GeneratorConfig(residual_blocks=7, outer_kernel=3, sampling_kernel=3),
        discriminator=THREE_CONVOLUTIONS,
    ),
    Modification(
        "7", "batch normalization in each layer", "training stability, convergence",
        PaperCounts(12, 3.6, 4), generator=GeneratorConfig(normalization="batch"),
    ),
    Modification(
        "8", "reduced up-sampling layers", "fewer artifacts in the output", PaperCounts(11, 3.3, 4),
        generator=GeneratorConfig(upsampling=("nearest_x4",)),
    ),
    Modification(
        "9", "additional convolutional layer", "feature capture, color detail",
        PaperCounts(13, 3.7, 5), generator=GeneratorConfig(extra_convolution="encoder"),
        discriminator=FIVE_CONVOLUTIONS,
    ),
    Modification(
        "10", "reduced residual blocks", "faster training, parameter efficiency",
        PaperCounts(10, 3.1, 4), generator=GeneratorConfig(residual_blocks=7),
    ),
    Modification(
        "11", "LeakyReLU in each layer", "dying ReLU, color vibrancy", PaperCounts(12, 3.55, 4),
        generator=GeneratorConfig(activation="leaky_relu"),
    ),
    Modification(
        "12", "optimization algorithm changed, architecture not significantly altered",
        "training efficiency, convergence rate", PaperCounts(11, 3.3, 4),
        training=TrainingConfig(generator_learning_rate=1e-4, discriminator_learning_rate=4e-4),
    ),
    Modification(
        "13", "additional layers", "information capture, color detail fidelity",
        PaperCounts(14, 4.1, 5), generator=GeneratorConfig(skip_connections=True),
        discriminator=FIVE_CONVOLUTIONS,
    ),
    Modification(
        "14", "reduced layer dimensions", "parameter efficiency, inference acceleration",
        PaperCounts(11, 2.9, 4), generator=GeneratorConfig(filters=48, residual_blocks=8),
    ),
    Modification(
        "15", "additional convolutional layers", "feature extraction, color detail",
        PaperCounts(13, 3.8, 5), generator=GeneratorConfig(extra_convolution="output"),
        discriminator=FIVE_CONVOLUTIONS,
    ),
    Modification(
        "16", "increased residual blocks", "color transfer, detail preservation",
        PaperCounts(13, 3.85, 5), generator=GeneratorConfig(residual_blocks=13),
        discriminator=FIVE_CONVOLUTIONS,
    ),
    Modification(
        "17", "optimized filter size", "computational efficiency, output stability",
        PaperCounts(12, 3.4, 4), generator=GeneratorConfig(sampling_kernel=3),
    ),
    Modification(
        "18", "reduced up-sampling", "overfitting, faster training", PaperCounts(11, 3.2, 4),
        generator=GeneratorConfig(upsampling=("transposed", "bilinear")),
    ),
    Modification(
        "19", "dropout layer integration", "generalization, regularization",
        PaperCounts(14, 4.05, 5), generator=GeneratorConfig(residual_dropout=0.5),
        discriminator=FIVE_CONVOLUTIONS,
    ),
    # Named variants, which the paper names in its text only.
    Modification(
        "patch-34", "patch 34x34", "diversified patch dimensions",
        discriminator=DiscriminatorConfig(convolutions=((4, 2), (4, 2), (4, 1))),
    ),
    Modification(
        "patch-70", "70x70 patch dimension", "the patch that the text claims",
        discriminator=DiscriminatorConfig(convolutions=((4, 2), (4, 2), (4, 2), (4, 1))),
    ),
    Modification(
        "patch-128", "patch 128x128", "diversified patch dimensions",
        discriminator=DiscriminatorConfig(convolutions=((4, 2), (3, 2), (3, 2), (3, 2), (4, 1))),
    ),
    Modification(
        "layer-norm", "LayerNorm", "alternative normalization",
        generator=GeneratorConfig(normalization="layer"),
        discriminator=DiscriminatorConfig(normalization="layer"),
    ),
    Modification(
        "spectral-norm", "SpectralNorm", "alternative normalization",
        discriminator=DiscriminatorConfig(spectral_normalization=True),
    ),
    Modification(
        "identity-loss", "identity loss", "background color preservation",
        training=TrainingConfig(identity_weight=5.0),
    ),
    Modification(
        "skip-connections", "encoder-decoder skip connections", "restructured skip connections",
        generator=GeneratorConfig(skip_connections=True),
    ),
    Modification(
        "nearest-upsampling", "nearest-neighbor up-sampling + convolution instead of ConvTranspose",
        "alternative up-sampling", generator=GeneratorConfig(upsampling=("nearest", "nearest")),
    ),
    Modification(
        "no-augmentation", "no additional data augmentation", "isolate the architecture's share",
        training=TrainingConfig(augmentation=False),
    ),
]
# fmt: on

MODIFICATIONS: dict[str, Modification] = {m.key: m for m in _ENTRIES}

NUMBERED = tuple(key for key in MODIFICATIONS if key.isdigit())
"""Keys of the baseline and of the paper's modifications, in order."""


def modification(key: int | str) -> Modification:
    """The modification with a number or a variant's name.

    Raises:
        NegcolorError: there is no such modification; the message lists the choices.
    """
    return lookup(MODIFICATIONS, str(key), "modification")
