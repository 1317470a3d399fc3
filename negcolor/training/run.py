"""A training from its first step to its last, in a run folder, resumable at any point."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import keras
import numpy as np
import tensorflow as tf
from rich.console import Console

from negcolor.errors import NegcolorError
from negcolor.images.io import write
from negcolor.losses import LinearDecay
from negcolor.networks.generator import build_generator
from negcolor.training.callbacks import AfterEpoch, History, ProgressReport
from negcolor.training.config import RunConfig, write_text
from negcolor.training.cyclegan import CycleGAN
from negcolor.training.disk import writing
from negcolor.training.precision import POLICIES, resolve_jit, resolve_precision
from negcolor.training.samples import sample_sheet
from negcolor.training.supervised import SupervisedStart

ADAM_BETA_1 = 0.5
SUPERVISED_LEARNING_RATE = 5e-4
SUPERVISED_CHUNK = 500  # supervised steps between two checkpoints


class TestPicture(Protocol):
    """A negative that is not trained on: (H, W, 3) uint8 or uint16, and its truth if known."""

    @property
    def name(self) -> str: ...
    @property
    def negative(self) -> np.ndarray: ...
    @property
    def truth(self) -> np.ndarray | None: ...


@dataclass(frozen=True)
class TrainingData:
    """What a training reads; the streams are pure functions of the step that they start at.

    Attributes:
        unpaired: first step -> endless batches of (negative, colour), (B, S, S, 3) in [-1, 1].
        paired: first step -> endless batches of (simulated negative, photograph), likewise.
        steps_per_epoch: batches in the longer domain.
        test: pictures for the samples and the final figures.
    """

    unpaired: Callable[[int], tf.data.Dataset]
    paired: Callable[[int], tf.data.Dataset]
    steps_per_epoch: int
    test: Sequence[TestPicture]


class Run:
    """A training in its folder; `train` does all that is left of it.

    The folder holds config.json, architecture.txt, history.csv, samples/epoch_NNN.png,
    checkpoints/, tensorboard/, generator_g.keras and generator_f.keras.

    Args:
        folder: an existing folder with a config.json, see `negcolor.training.config`.
        config: its configuration.
        data: what to train on.
        console: where progress is printed.
    """

    def __init__(
        self, folder: Path, config: RunConfig, data: TrainingData, console: Console
    ) -> None:
        self.folder = folder
        self.config = config
        self.data = data
        self.console = console
        self.steps_per_epoch = config.steps_per_epoch or data.steps_per_epoch
        self.policy = POLICIES[resolve_precision(config.precision)]
        self.jit = resolve_jit(config.jit) == "on"
        keras.utils.set_random_seed(config.seed)
        modification = config.configured_modification()
        self.model = CycleGAN(
            modification,
            image_size=config.image_size,
            precision=self.policy,
            gan_loss=config.gan_loss,
            seed=config.seed,
        )
        self.model.compile(
            self._optimizer(modification.training.generator_learning_rate),
            self._optimizer(modification.training.discriminator_learning_rate),
            jit=self.jit,
        )
        self.supervised_steps = tf.Variable(0, dtype=tf.int64)
        self.epochs = tf.Variable(0, dtype=tf.int64)

    def train(self) -> CycleGAN:
        """Trains from the newest checkpoint, or from scratch, to the end of the last epoch.

        Raises:
            NegcolorError: the checkpoint is damaged, or the folder cannot be written.
        """
        if (self.folder / "checkpoints" / "checkpoint").exists():
            self._restore_checkpoint()
        self._write_architecture()
        self._train_supervised()
        self._train_unpaired()
        return self.model

    def _train_supervised(self) -> None:
        steps, done = self.config.pretrain_steps, int(self.supervised_steps)
        while done < steps:
            chunk = min(SUPERVISED_CHUNK, steps - done)
            title = f"supervised start, {done + chunk}/{steps} steps"
            with closing(ProgressReport(title, self.config.batch_size, self.console)) as progress:
                self._supervised.fit(
                    self.data.paired(done),
                    steps_per_epoch=chunk,
                    callbacks=[progress],
                    shuffle=False,
                    verbose=0,
                )
            done += chunk
            self.supervised_steps.assign(done)
            self._save_checkpoint()

    def _train_unpaired(self) -> None:
        first, epochs = int(self.epochs), self.config.epochs
        if first >= epochs:
            return
        model = self.model
        rates = {
            "learning rate G, F": lambda: float(model.generator_optimizer.learning_rate),
            "learning rate X, Y": lambda: float(model.discriminator_optimizer.learning_rate),
        }
        title = "epoch {}/" + str(epochs)
        with closing(ProgressReport(title, self.config.batch_size, self.console)) as progress:
            model.fit(
                self.data.unpaired(first * self.steps_per_epoch),
                epochs=epochs,
                initial_epoch=first,
                steps_per_epoch=self.steps_per_epoch,
                callbacks=[
                    progress,
                    keras.callbacks.TensorBoard(self.folder / "tensorboard", write_graph=False),
                    History(self.folder / "history.csv", first, rates),
                    AfterEpoch(self._finish_epoch),
                ],
                shuffle=False,
                verbose=0,
            )

    def _finish_epoch(self, epoch: int) -> None:
        self._write_samples(epoch)
        self._write_generators()
        self.epochs.assign(epoch)
        self._save_checkpoint()  # last: what it says is done is on disk

    @cached_property
    def _checkpoint(self) -> tf.train.Checkpoint:
        objects = {
            "model": self.model,
            "variables": self.model.variables,  # TensorFlow does not see seeds in Keras' layers
            "steps": self.supervised_steps,
            "epochs": self.epochs,
        }
        if self.config.pretrain_steps:
            objects["supervised"] = self._supervised.start_optimizer
        return tf.train.Checkpoint(**objects)

    @cached_property
    def _checkpoints(self) -> tf.train.CheckpointManager:
        return tf.train.CheckpointManager(
            self._checkpoint, str(self.folder / "checkpoints"), max_to_keep=1
        )

    @cached_property
    def _supervised(self) -> SupervisedStart:
        rate = LinearDecay(SUPERVISED_LEARNING_RATE, self.config.pretrain_steps)
        return SupervisedStart(self.model, self._scaled(keras.optimizers.Adam(rate)), jit=self.jit)

    def _optimizer(self, rate: float) -> keras.optimizers.Optimizer:
        steps = self.config.epochs * self.steps_per_epoch
        schedule = LinearDecay(rate, steps) if self.config.schedule == "linear" else rate
        return self._scaled(keras.optimizers.Adam(schedule, beta_1=ADAM_BETA_1))

    def _scaled(self, optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
        """float16 underflows without a loss scale; the other formats have float32's exponents."""
        if self.policy == "mixed_float16":
            return keras.optimizers.LossScaleOptimizer(optimizer)
        return optimizer

    def _save_checkpoint(self) -> None:
        with writing(self.folder):
            self._checkpoints.save()

    def _restore_checkpoint(self) -> None:
        newest = self._checkpoints.latest_checkpoint
        try:
            self._checkpoint.restore(newest).assert_existing_objects_matched()
        except Exception as error:  # TensorFlow raises many types for damaged files
            raise NegcolorError(
                f"{self.folder / 'checkpoints'} is damaged and the run cannot be continued; put "
                "back a copy of it, or start a new run."
            ) from error

    def _write_architecture(self) -> None:
        lines: list[str] = []
        for network in (self.model.generator_g, self.model.discriminator_x):
            network.summary(print_fn=lines.append, line_length=88)
        with writing(self.folder):
            write_text(self.folder / "architecture.txt", "\n".join(lines) + "\n")

    def _write_samples(self, epoch: int) -> None:
        if not self.data.test:
            return
        sheet = sample_sheet(self.model.generator_g, self.model.generator_f, self.data.test)
        write(self.folder / "samples" / f"epoch_{epoch:03d}.png", sheet, overwrite=True)

    def _write_generators(self) -> None:
        """Saves both generators in float32, so that they run well on any machine."""
        for network in (self.model.generator_g, self.model.generator_f):
            portable = in_float32(network, self.config)
            beside = self.folder / f".{network.name}.{os.getpid()}.keras"
            try:
                with writing(self.folder):
                    portable.save(beside)
                    os.replace(beside, self.folder / f"{network.name}.keras")
            finally:
                beside.unlink(missing_ok=True)


def in_float32(network: keras.Model, config: RunConfig) -> keras.Model:
    """The same generator with the same weights under the float32 policy."""
    copy = build_generator(config.configured_modification().generator, name=network.name)
    copy.set_weights(network.get_weights())
    return copy
