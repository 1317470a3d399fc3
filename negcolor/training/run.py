"""A training from its first step to its last, in a run folder, resumable at any point."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import keras
import numpy as np
import tensorflow as tf
from rich.console import Console

from negcolor.errors import NegcolorError
from negcolor.images.io import write
from negcolor.inference.whole import apply_generator
from negcolor.training.callbacks import AfterEpoch, History, ProgressReport, StopAfter
from negcolor.training.config import RunConfig, write_text
from negcolor.training.disk import writing
from negcolor.training.networks import build_networks
from negcolor.training.precision import POLICIES, resolve_jit, resolve_precision
from negcolor.training.rounds import Rounds
from negcolor.training.samples import sample_sheet
from negcolor.training.trainers import average, averaged, build_trainer


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
        unpaired: (first step, image_size, batch_size) -> endless batches of (negative, colour),
            (B, S, S, 3) in [-1, 1]; the sizes by name.
        paired: likewise, of (simulated negative, photograph), or with a third tensor
            (B, S, S, 1), the weights of the photograph's pixels.
        steps_per_epoch: batches in the longer domain.
        test: pictures for the samples and the final figures.
    """

    unpaired: Callable[..., tf.data.Dataset]
    paired: Callable[..., tf.data.Dataset]
    steps_per_epoch: int
    test: Sequence[TestPicture]

    def both(self, step: int, **sizes: int) -> tf.data.Dataset:
        """Endless batches of (a batch of pairs, an unpaired batch)."""
        return tf.data.Dataset.zip((self.paired(step, **sizes), self.unpaired(step, **sizes)))


class Run:
    """A training in its folder; `train` does all that is left of it.

    The folder holds config.json, architecture.txt, samples/, checkpoints/, tensorboard/ and the
    generators, generator_g.keras and, where the recipe trains it, generator_f.keras. history.csv
    is the table of the last phase; that of an earlier one bears its name, as history_start.csv.

    Args:
        folder: an existing folder with a config.json, see `negcolor.training.config`.
        config: its configuration.
        data: what to train on.
        console: where progress is printed.
        start: what generator G starts as, in float32; None for a new one.
    """

    def __init__(
        self,
        folder: Path,
        config: RunConfig,
        data: TrainingData,
        console: Console,
        *,
        start: keras.Model | None = None,
    ) -> None:
        self.folder = folder
        self.config = config
        self.data = data
        self.console = console
        self.steps_per_epoch = config.steps_per_epoch or data.steps_per_epoch
        self.policy = POLICIES[resolve_precision(config.precision)]
        self.jit = resolve_jit(config.jit) == "on"
        self.phases = config.phases()
        self.start = start
        keras.utils.set_random_seed(config.seed)
        self.networks = self._build_networks()
        self.number = tf.Variable(0, dtype=tf.int64)  # of the phase at hand
        self.done = tf.Variable(0, dtype=tf.int64)  # steps of this phase
        self._checkpoint = tf.train.Checkpoint(number=self.number, done=self.done)
        self._checkpoints = tf.train.CheckpointManager(
            self._checkpoint, str(folder / "checkpoints"), max_to_keep=1
        )

    def train(self, minutes: float | None = None) -> None:
        """Trains from the newest checkpoint, or from scratch, to the end of the last phase.

        Args:
            minutes: after them, the training stops at the end of the next round.

        Raises:
            NegcolorError: the checkpoint is damaged, or the folder cannot be written.
        """
        if (self.folder / "checkpoints" / "checkpoint").exists():
            self._restore_checkpoint()
        else:
            self._begin_phase(0)
        self._write_architecture()
        limits = [] if minutes is None else [StopAfter(minutes)]
        self._train_phase(limits)
        for number in range(int(self.number) + 1, len(self.phases)):
            self._begin_phase(number)
            self._train_phase(limits)

    def _build_networks(self) -> dict[str, keras.Model]:
        """Those that the phases train."""
        modification = self.config.configured_modification()
        for phase in self.phases:
            if phase.discriminator:
                modification = dataclasses.replace(modification, discriminator=phase.discriminator)
        names = {name for phase in self.phases for name in phase.trains}
        if self.start is None:
            return build_networks(modification, names, precision=self.policy)
        others = build_networks(modification, names - {"generator_g"}, precision=self.policy)
        generator = keras.models.clone_model(self.start)
        generator.set_weights(self.start.get_weights())
        return {"generator_g": generator, **others}

    def _begin_phase(self, number: int) -> None:
        """Makes `model`, which trains the phase, and tells what a checkpoint holds."""
        self.number.assign(number)
        self.done.assign(0)
        self.phase = self.phases[number]
        if self.phase.length == "epochs":
            steps = self.steps_per_epoch
            self.rounds = Rounds("epoch", self.config.epochs * steps, steps)
        else:
            length = self.config.length(self.phase)
            self.rounds = Rounds("step", length, self.phase.round_steps)
        self.model = build_trainer(
            self.phase,
            self.networks,
            self.config,
            steps=self.rounds.total,
            precision=self.policy,
            jit=self.jit,
            start=self.start,
        )
        self._checkpoint.networks = self.networks
        self._checkpoint.model = self.model
        # TensorFlow does not see seeds in Keras' layers.
        holders = [*self.networks.values(), self.model]
        self._checkpoint.variables = [v for holder in holders for v in holder.variables]

    def _train_phase(self, limits: list[StopAfter]) -> None:
        title = f"{self.phase.name} · {{}}".format
        data = {"pairs": self.data.paired, "unpaired": self.data.unpaired, "both": self.data.both}
        sizes = {
            "image_size": self.phase.image_size or self.config.image_size,
            "batch_size": self.phase.batch_size or self.config.batch_size,
        }
        for first, last, steps in self.rounds.left(int(self.done)):
            progress = ProgressReport(
                lambda rounds: title(self.rounds.title(rounds)),
                sizes["batch_size"],
                self.console,
            )
            with closing(progress):
                self.model.fit(
                    data[self.phase.data](self.rounds.steps_after(first), **sizes),
                    initial_epoch=first,
                    epochs=last,
                    steps_per_epoch=steps,
                    callbacks=[
                        progress,
                        *self._records(first),
                        AfterEpoch(self._finish_round),
                        *limits,
                    ],
                    shuffle=False,
                    verbose=0,
                )

    def _records(self, first: int) -> list[keras.callbacks.Callback]:
        """What writes the tables of the phase, from a round on."""
        last_phase = self.phase is self.phases[-1]
        history = "history.csv" if last_phase else f"history_{self.phase.name}.csv"
        tensorboard = self.folder / "tensorboard" / self.phase.name
        return [
            keras.callbacks.TensorBoard(tensorboard, write_graph=False),
            History(self.folder / history, first, self.rounds, self.model.optimizers),
        ]

    def _finish_round(self, rounds: int) -> None:
        with averaged(self.model):
            self._write_samples(self.rounds.file_stem(rounds))
            self._write_generators()
        self.done.assign(self.rounds.steps_after(rounds))
        if self.done == self.rounds.total:
            average(self.model)
        self._save_checkpoint()  # last: what it says is done is on disk

    def _save_checkpoint(self) -> None:
        with writing(self.folder):
            self._checkpoints.save()

    def _restore_checkpoint(self) -> None:
        newest = self._checkpoints.latest_checkpoint
        try:
            number = tf.train.load_variable(newest, "number/.ATTRIBUTES/VARIABLE_VALUE")
            self._begin_phase(int(number))
            self._checkpoint.restore(newest).assert_existing_objects_matched()
        except Exception as error:  # TensorFlow raises many types for damaged files
            raise NegcolorError(
                f"{self.folder / 'checkpoints'} is damaged and the run cannot be continued; put "
                "back a copy of it, or start a new run."
            ) from error

    def _write_architecture(self) -> None:
        """The summaries of G and of the discriminator; F and D_Y, or D_X, are like them."""
        discriminators = [n for name, n in self.networks.items() if name.startswith("disc")]
        lines: list[str] = []
        for network in (self.networks["generator_g"], *discriminators[:1]):
            network.summary(print_fn=lines.append, line_length=88)
        with writing(self.folder):
            write_text(self.folder / "architecture.txt", "\n".join(lines) + "\n")

    def _write_samples(self, stem: str) -> None:
        if not self.data.test:
            return
        sheet = sample_sheet(self.data.test, self._results)
        write(self.folder / "samples" / f"{stem}.png", sheet, overwrite=True)

    def _results(self, negative: np.ndarray) -> list[np.ndarray]:
        """What the start made of it, what G makes of it, and F's way back, where there are such."""
        result = apply_generator(self.networks["generator_g"], negative)
        before = [apply_generator(self.start, negative)] if self.start else []
        f = self.networks.get("generator_f")
        return [*before, result, *([apply_generator(f, result)] if f else [])]

    def _write_generators(self) -> None:
        """Saves the generators in float32, so that they run well on any machine."""
        for name in [name for name in self.networks if name.startswith("generator")]:
            network = self.networks[name]
            portable = network if self.policy == "float32" else in_float32(network, self.config)
            beside = self.folder / f".{name}.{os.getpid()}.keras"
            try:
                with writing(self.folder):
                    portable.save(beside)
                    os.replace(beside, self.folder / f"{name}.keras")
            finally:
                beside.unlink(missing_ok=True)


def in_float32(network: keras.Model, config: RunConfig) -> keras.Model:
    """The same network with the same weights under the float32 policy."""
    copy = build_networks(config.configured_modification(), [network.name])[network.name]
    copy.set_weights(network.get_weights())
    return copy
