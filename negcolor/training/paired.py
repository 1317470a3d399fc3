"""The steps of phases on pairs: weighted terms, conditional GAN, Wasserstein GAN."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import keras
import tensorflow as tf

from negcolor.experiments.phases import BCE, Gan, Phase, Regression, Wgan
from negcolor.training.adversarial import AdversarialModel
from negcolor.training.losses import (
    OF_PAIRS,
    adversarial_loss,
    anchor_loss,
    critic_loss,
    discriminator_loss,
    gradient_penalty,
    sorted_wasserstein_loss,
    wasserstein_loss,
)


class PairedTraining(AdversarialModel):
    """G, or G and F, by a weighted sum of terms; G also against a discriminator of its images.

    `fit` takes batches of static shape: (image, truth), or (image, truth, weight) with a weight
    (B, S, S, 1) of the truth's pixels; for a phase on "both", (such a batch of pairs, (image,
    photograph of something else)). Images are (B, S, S, C) float32 in [-1, 1]. Generators and
    discriminator step from the same generated images. The discriminator sees what is made of an
    image, and that image beside it if it was built for the channels of both.

    Args:
        phase: what is trained how.
        step: the phase's, which says the objective.
        networks: by name, see `negcolor.networks.factory`; trained in place.
        start: what G was before the phase, for an anchor.
        losses: names for tables, one for each term; by default terms with the networks' letters.
        discriminator_letter: of the discriminator in tables.
    """

    discriminator_mode = False  # this step must not move the discriminator's spectral norms

    def __init__(
        self,
        phase: Phase,
        step: Regression | Gan | Wgan,
        networks: Mapping[str, keras.Model],
        *,
        start: keras.Model | None = None,
        losses: Sequence[str] = (),
        discriminator_letter: str = "Y",
    ) -> None:
        generators = {"G": truncated_at(phase.until, networks["generator_g"])}
        if "generator_f" in step.networks:
            generators["F"] = networks["generator_f"]
        discriminators = {}
        if "discriminator_y" in step.networks:
            discriminators[discriminator_letter] = networks["discriminator_y"]
        by_network = [f"{term} {letter}" for letter in generators for term in step.weights]
        by_network += [f"discriminator {letter}" for letter in discriminators]
        super().__init__(phase.name, generators, discriminators, losses or by_network, phase.frozen)
        self.terms = tuple(step.weights.items())
        self.gan_loss = step.loss if isinstance(step, Gan) else BCE
        self.on_both = phase.data == "both"
        # A function, so that the start is no part of this model's checkpoints.
        self.before = start and partial(truncated_at(phase.until, start), training=False)

    def train_step(self, data: Any) -> dict[str, Any]:
        pair, unpaired = data if self.on_both else (data, None)
        gradients, of_generators, images = self.compiled_generator_gradients(pair, unpaired)
        if not self.discriminators:
            self.apply_generator_gradients(gradients)
            return self.track(of_generators)
        discriminator_gradients, of_discriminator = self.compiled_discriminator_gradients(
            *self.discriminator_inputs(pair, unpaired), images
        )
        self.apply_generator_gradients(gradients)
        self.apply_discriminator_gradients(discriminator_gradients)
        return self.track([*of_generators, *of_discriminator])

    def generator_losses(self, *batch: Any) -> tuple[Any, list[Any], Any]:
        """(objective, every term of every generator, images) for (pairs, unpaired or None)."""
        pair, unpaired = batch
        image, truth, weight = (*pair, None)[:3]
        result = self.generators["G"](image, training=True)
        source, photographs = self.discriminator_inputs(pair, unpaired)
        images = result if unpaired is None else self.generators["G"](source, training=True)
        losses = [
            OF_PAIRS[term](truth, result, weight)
            if term in OF_PAIRS
            else self.unpaired_loss(term, source, photographs, images)
            for term, _ in self.terms
        ]
        if "F" in self.generators:
            back = self.generators["F"](truth, training=True)
            losses += [OF_PAIRS[term](image, back, weight) for term, _ in self.terms]
        objective = 0.0
        for (_, factor), loss in zip(self.terms * len(self.generators), losses, strict=True):
            objective += factor * loss
        return objective, losses, images

    def discriminator_inputs(self, pair: Any, unpaired: Any) -> tuple[Any, Any]:
        """(images of which G makes what a discriminator sees, real ones of that kind)."""
        return pair[:2] if unpaired is None else unpaired

    def unpaired_loss(self, term: str, source: Any, photographs: Any, images: Any) -> Any:
        """A term that asks for no truth.

        Args:
            term: of `negcolor.training.losses.TERMS`, but not of its `OF_PAIRS`.
            source: what the images were made of.
            photographs: real images of their kind.
            images: made by G.
        """
        if term == "adversarial":
            return self.adversarial_loss(
                self.logits(source, images, training=self.discriminator_mode)
            )
        if term == "anchor":
            assert self.before is not None, "an anchor needs a start"
            return anchor_loss(self.before(source), images)
        if term == "colors":
            return sorted_wasserstein_loss(photographs, images)
        raise ValueError(f"unknown term {term!r} of an objective")

    def adversarial_loss(self, logits: Any) -> Any:
        return adversarial_loss(logits, self.gan_loss)

    def logits(self, source: Any, images: Any, *, training: bool) -> Any:
        """The discriminator's, (B, h, w, 1), of images made of a source, or of true ones."""
        (discriminator,) = self.discriminators.values()
        if discriminator.input_shape[-1] > images.shape[-1]:  # a conditional one
            images = tf.concat([source, images], axis=-1)
        return discriminator(images, training=training)

    def discriminator_losses(self, *batch: Any) -> tuple[Any, tuple[Any, ...]]:
        """(objective, losses to show) for (source, real images, images made of the source)."""
        source, real, fake = batch
        real_logits = self.logits(source, real, training=True)
        fake_logits = self.logits(source, fake, training=True)
        loss = discriminator_loss(real_logits, fake_logits, self.gan_loss)
        return loss, (loss,)


class AlternatingGan(PairedTraining):
    """A conditional GAN whose networks step one after the other; 001, eq. 1 to 3, and 004.

    The discriminator comes first, as the papers say, and the generator learns from its new
    weights. Either of them rests but for every n-th step where the other one is to make several.
    `fit` takes (L*, a* and b*) in normalized Lab, (B, S, S, 1) and (B, S, S, 2) float32.

    Args:
        phase, step, networks: as for `PairedTraining`.
        discriminator_losses: names of what `discriminator_losses` shows.
        generator_every: the generator steps in every n-th step.
        discriminator_every: likewise.
    """

    discriminator_mode = True  # as pix2pix: batch normalization by the batch at hand

    def __init__(
        self,
        phase: Phase,
        step: Gan | Wgan,
        networks: Mapping[str, keras.Model],
        *,
        discriminator_losses: Sequence[str] = ("discriminator",),
        generator_every: int = 1,
        discriminator_every: int = 1,
    ) -> None:
        of_generator = ("generator", *step.weights)
        losses = (*of_generator, *discriminator_losses)
        super().__init__(phase, step, networks, losses=losses, discriminator_letter="D")
        self.generator_every = generator_every
        self.discriminator_every = discriminator_every
        self.first_of_discriminator = len(of_generator)
        self.steps = self.add_weight(
            name="steps", shape=(), dtype="int64", initializer="zeros", trainable=False
        )

    def train_step(self, data: Any) -> dict[str, Any]:
        self.steps.assign_add(1)
        self._every(self.discriminator_every, self.train_discriminator, data)
        self._every(self.generator_every, self.train_generator, data)
        return self.track([])

    def train_discriminator(self, pair: Any) -> None:
        gradients, losses = self.compiled_discriminator_gradients(*pair)
        self.apply_discriminator_gradients(gradients)
        self.track(losses, self.first_of_discriminator)

    def train_generator(self, pair: Any) -> None:
        gradients, losses, _ = self.compiled_generator_gradients(pair, None)
        self.apply_generator_gradients(gradients)
        self.track(losses)

    def generator_losses(self, *batch: Any) -> tuple[Any, list[Any], Any]:
        """(objective, the objective and its terms, images) for (a pair, None)."""
        objective, losses, images = super().generator_losses(*batch)
        return objective, [objective, *losses], images

    def discriminator_gradients(self, *batch: Any) -> tuple[Any, Sequence[Any]]:
        """(gradients of the discriminator's variables, losses to show) for a pair."""
        source, real = batch
        fake = self.generators["G"](source, training=True)
        return super().discriminator_gradients(source, real, fake)

    def _every(self, n: int, train: Callable[[Any], None], pair: Any) -> None:
        """Trains in every n-th step."""
        if n == 1:
            train(pair)
            return

        def trained() -> Any:
            train(pair)
            return tf.constant(True)

        tf.cond(self.steps.value % n == 0, trained, lambda: tf.constant(False))


class WassersteinGan(AlternatingGan):
    """A Wasserstein GAN with an L1 loss; 001, eq. 4 and 5.

    "critic" is what the critic minimizes without its penalty: minus its estimate of the distance.

    Args:
        phase, step, networks: as for `AlternatingGan`.
        seed: of the places at which the penalty is taken.
    """

    def __init__(
        self, phase: Phase, step: Wgan, networks: Mapping[str, keras.Model], *, seed: int = 0
    ) -> None:
        super().__init__(
            phase,
            step,
            networks,
            discriminator_losses=("critic objective", "critic", "penalty"),
            generator_every=step.critic_steps,
        )
        self.penalty_weight, self.clip = step.gradient_penalty, step.clip
        self.random = keras.random.SeedGenerator(seed)  # in checkpoints, as TensorFlow's is not

    def adversarial_loss(self, logits: Any) -> Any:
        return wasserstein_loss(logits)

    def discriminator_losses(self, *batch: Any) -> tuple[Any, tuple[Any, ...]]:
        """(objective, (objective, "critic", penalty)) for (source, real and generated images)."""
        source, real, fake = batch
        real_logits = self.logits(source, real, training=True)
        fake_logits = self.logits(source, fake, training=True)
        critic = critic_loss(real_logits, fake_logits)
        penalty = tf.zeros(())
        if self.penalty_weight:
            penalty = gradient_penalty(self.gradients_between(source, real, fake))
        objective = critic + self.penalty_weight * penalty
        return objective, (objective, critic, penalty)

    def gradients_between(self, source: Any, real: Any, fake: Any) -> Any:
        """Of the critic's ratings, by colors at random places between real and generated ones."""
        place = keras.random.uniform((tf.shape(real)[0], 1, 1, 1), seed=self.random)
        between = place * real + (1.0 - place) * fake
        with tf.GradientTape() as tape:
            tape.watch(between)
            logits = tf.cast(self.logits(source, between, training=True), "float32")
            # The mean of an image's logits is its rating; summed, since images are independent.
            total = tf.reduce_sum(tf.reduce_mean(logits, axis=(1, 2, 3)))
        return tape.gradient(total, between)

    def train_discriminator(self, pair: Any) -> None:
        super().train_discriminator(pair)
        if self.clip is not None:
            for variable in self.discriminator_variables:
                variable.assign(tf.clip_by_value(variable, -self.clip, self.clip))


def truncated_at(layer: str | None, generator: keras.Model) -> keras.Model:
    """The generator's part that ends with a layer, with its weights; all of it for None."""
    if layer is None:
        return generator
    return keras.Model(generator.inputs, generator.get_layer(layer).output)
