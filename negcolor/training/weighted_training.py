"""The step of a phase whose objective is a weighted sum of terms."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import keras
import tensorflow as tf

from negcolor.experiments.phases import Phase
from negcolor.training.losses import discriminator_loss
from negcolor.training.objective import TERMS, Seen

GENERATORS = {"generator_g": "G", "generator_f": "F"}  # and the paper's names of them


class WeightedTraining(keras.Model):
    """Trains generators, and where the phase says so the discriminator that judges G.

    `fit` takes batches of static shape. Of "pairs" they are (negative, photograph) or (negative,
    photograph, weight), (B, S, S, 3) float32 in [-1, 1] and (B, S, S, 1), see
    `pipelines.batches.paired`; of "both" they are (a batch of pairs, (scan, photograph)). One
    optimizer steps for all generators, another one for the discriminator.

    Args:
        phase: what is trained by which objective.
        networks: by name, see `negcolor.training.networks`; trained in place.
        start: what G was before the phase, for an anchor.
        gan_loss: "bce" or "lsgan", for a discriminator.
    """

    def __init__(
        self,
        phase: Phase,
        networks: Mapping[str, keras.Model],
        *,
        start: keras.Model | None = None,
        gan_loss: str = "bce",
    ) -> None:
        super().__init__(name=phase.name)
        self.phase = phase
        self.gan_loss = gan_loss
        self.generators = {name: networks[name] for name in phase.trains if name in GENERATORS}
        self.generators["generator_g"] = _until(phase.until, networks["generator_g"])
        self.judge: Any = networks["discriminator_y"] if phase.judged else None
        # A function, so that the start is no part of this model's checkpoints.
        self.before = start and partial(_until(phase.until, start), training=False)
        letters = [GENERATORS[name] for name in self.generators]
        losses = [f"{term} {letter}" for letter in letters for term in phase.weights]
        losses += ["discriminator Y"] if phase.judged else []
        self.trackers = [keras.metrics.Mean(name=name) for name in losses]
        self.built = True

    @property
    def generator_variables(self) -> list[Any]:
        return [
            variable
            for network in self.generators.values()
            for layer in network.layers
            if layer.name not in self.phase.frozen
            for variable in layer.trainable_variables
        ]

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        return self.trackers

    @property
    def optimizers(self) -> dict[str, keras.optimizers.Optimizer]:
        """By the letters of the networks that they train."""
        letters = ", ".join(GENERATORS[name] for name in self.generators)
        judges = {"Y": self.discriminator_optimizer} if self.phase.judged else {}
        return {letters: self.generator_optimizer} | judges

    def compile(
        self,
        generator_optimizer: keras.optimizers.Optimizer,
        discriminator_optimizer: keras.optimizers.Optimizer,
        *,
        jit: bool = False,
    ) -> None:
        """Sets both optimizers; with `jit` XLA compiles the gradients.

        Without a discriminator, its optimizer is not used.
        """
        super().compile(optimizer=None, jit_compile=False)
        self.generator_optimizer = generator_optimizer
        generator_optimizer.build(self.generator_variables)
        if self.phase.judged:
            self.discriminator_optimizer = discriminator_optimizer
            discriminator_optimizer.build(self.judge.trainable_variables)
        self.compiled_gradients = tf.function(self.gradients, jit_compile=jit, autograph=False)

    def look(self, pair: Any, unpaired: Any) -> dict[str, Seen]:
        """What is seen of every generator that is trained."""
        negative, photograph, weight = (*pair, None)[:3]
        result = self.generators["generator_g"](negative, training=True)
        of_g = Seen(photograph, result, weight, photograph, result, gan_loss=self.gan_loss)
        if unpaired is not None:
            scan, photograph_of_another = unpaired
            images = self.generators["generator_g"](scan, training=True)
            before = self.before(scan) if self.before else None
            of_g = of_g._replace(photographs=photograph_of_another, images=images, before=before)
        if self.judge:
            # training=False: this step must not move the discriminator's spectral norms.
            of_g = of_g._replace(logits=self.judge(of_g.images, training=False))
        if "generator_f" not in self.generators:
            return {"generator_g": of_g}
        back = self.generators["generator_f"](photograph, training=True)
        return {"generator_g": of_g, "generator_f": Seen(negative, back, weight)}

    def generator_losses(self, pair: Any, unpaired: Any) -> tuple[Any, list[Any], Seen]:
        """(objective, every term of every generator, what was seen of G) for a batch."""
        seen = self.look(pair, unpaired)
        objective, losses = 0.0, []
        for each in seen.values():
            for name, weight in self.phase.weights.items():
                loss = TERMS[name](each)
                losses.append(loss)
                objective += weight * loss
        return objective, losses, seen["generator_g"]

    def gradients(self, pair: Any, unpaired: Any) -> tuple[Any, Any, list[Any]]:
        """Gradients of the generators' and of the discriminator's variables, and all losses."""
        with tf.GradientTape() as tape:
            objective, losses, seen = self.generator_losses(pair, unpaired)
            scaled = self.generator_optimizer.scale_loss(objective)
        gradients = tape.gradient(scaled, self.generator_variables)
        if not self.judge:
            return gradients, [], losses
        with tf.GradientTape() as tape:
            real, fake = (self.judge(p, training=True) for p in (seen.photographs, seen.images))
            loss = discriminator_loss(real, fake, self.gan_loss)
            scaled = self.discriminator_optimizer.scale_loss(loss)
        judging = tape.gradient(scaled, self.judge.trainable_variables)
        return gradients, judging, [*losses, loss]

    def train_step(self, data: Any) -> dict[str, Any]:
        pair, unpaired = data if self.phase.data == "both" else (data, None)
        gradients, judging, losses = self.compiled_gradients(pair, unpaired)
        self.generator_optimizer.apply(gradients, self.generator_variables)
        if self.judge:
            self.discriminator_optimizer.apply(judging, self.judge.trainable_variables)
        for tracker, loss in zip(self.trackers, losses, strict=True):
            tracker.update_state(loss)
        return {tracker.name: tracker.result() for tracker in self.trackers}


def _until(layer: str | None, generator: keras.Model) -> keras.Model:
    """The generator's part that ends with a layer, with its weights; all of it for None."""
    if layer is None:
        return generator
    return keras.Model(generator.inputs, generator.get_layer(layer).output)
