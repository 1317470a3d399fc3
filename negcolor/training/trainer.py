"""A training from its first step to its last, in a run folder, resumable at any point."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path

import keras
import tensorflow as tf
from rich.console import Console

from negcolor.atomic import atomic_path, atomic_write_text, remove_leftovers
from negcolor.errors import NegcolorError
from negcolor.experiments.config import POLICIES
from negcolor.experiments.run_folder import HISTORY, SAMPLES, writing
from negcolor.images.io import write
from negcolor.training.callbacks import CheckpointSchedule, History, ProgressReport, StopAfter
from negcolor.training.precision import resolve_jit, resolve_precision
from negcolor.training.steps import build_step
from negcolor.training.task import Task


class Trainer:
    """A training in its folder; `train` does all that is left of it.

    The folder holds config.json, architecture.txt, samples/, checkpoints/, tensorboard/ and the
    generators, generator_g.keras and, where one is trained, generator_f.keras. history.csv is the
    table of the last phase; that of an earlier one bears its name, as history_start.csv.

    Args:
        folder: with a config.json when it is trained, see `negcolor.experiments.run_folder`.
        task: what to train.
        console: where progress is printed.
    """

    def __init__(self, folder: Path, task: Task, console: Console) -> None:
        self.folder = folder
        self.task = task
        self.console = console
        self.policy = POLICIES[resolve_precision(task.config.precision)]
        self.jit = resolve_jit(task.config.jit) == "on"
        self.phases = task.config.phases()
        keras.utils.set_random_seed(task.config.seed)
        self.networks = task.build_networks(self.policy)
        self._copies: dict[str, keras.Model] = {}  # of networks, see `in_float32`
        self.number = tf.Variable(0, dtype=tf.int64)  # of the phase at hand
        self.done = tf.Variable(0, dtype=tf.int64)  # steps of this phase
        self._checkpoint = tf.train.Checkpoint(number=self.number, done=self.done)

    @cached_property
    def _checkpoints(self) -> tf.train.CheckpointManager:
        """Makes its folder, and so comes into being no earlier than the run's."""
        folder = str(self.folder / "checkpoints")
        return tf.train.CheckpointManager(self._checkpoint, folder, max_to_keep=1)

    def train(
        self,
        minutes: float | None = None,
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> None:
        """Trains from the newest checkpoint, or from scratch, to the end of the last phase.

        Args:
            minutes: after them, the training stops at the end of the next round.
            callbacks: called after the trainer's own; Keras' epochs are rounds, and a round is in
                a checkpoint when they hear of its end.

        Raises:
            NegcolorError: the checkpoint is damaged, or the folder cannot be written.
        """
        for folder in (self.folder, self.folder / SAMPLES):
            remove_leftovers(folder, before=time.time())
        if (self.folder / "checkpoints" / "checkpoint").exists():
            self.restore()
        else:
            self.begin_phase(0)
        self._write_architecture()
        limits = [] if minutes is None else [StopAfter(minutes)]
        self._train_phase([*limits, *callbacks])
        for number in range(int(self.number) + 1, len(self.phases)):
            self.begin_phase(number)
            self._train_phase([*limits, *callbacks])

    def begin_phase(self, number: int) -> None:
        """Makes `model`, which trains the phase, and tells what a checkpoint holds."""
        self.number.assign(number)
        self.done.assign(0)
        self.phase = self.phases[number]
        self.schedule = CheckpointSchedule.of_phase(self.phase, self.task.steps_per_epoch)
        self.model = build_step(
            self.phase,
            self.networks,
            steps=self.schedule.total,
            policy=self.policy,
            jit=self.jit,
            seed=self.task.config.seed,
            start=self.task.start,
            two_domains=self.task.two_domains,
        )
        self._checkpoint.networks = self.networks
        self._checkpoint.model = self.model
        # TensorFlow does not see seeds in Keras' layers.
        holders = [*self.networks.values(), self.model]
        self._checkpoint.variables = [v for holder in holders for v in holder.variables]

    def _train_phase(self, others: Sequence[keras.callbacks.Callback]) -> None:
        for first, last, steps in self.schedule.remaining(int(self.done)):
            progress = ProgressReport(self.phase, self.schedule, self.console)
            with closing(progress):
                self.model.fit(
                    self.task.batches(self.phase, self.schedule.steps_after(first)),
                    initial_epoch=first,
                    epochs=last,
                    steps_per_epoch=steps,
                    callbacks=[*self._callbacks(first, progress), *others],
                    shuffle=False,
                    verbose=0,
                )

    def _callbacks(self, first: int, progress: ProgressReport) -> list[keras.callbacks.Callback]:
        """What follows the training of the phase from a round on; each sees what came before."""
        history = self.folder / (self._of_phase(Path(HISTORY).stem) + Path(HISTORY).suffix)
        after_round = keras.callbacks.LambdaCallback
        return [
            after_round(
                on_epoch_end=lambda epoch, logs: logs.update(
                    self.task.validate(self.phase, self.networks)
                )
            ),
            progress,
            keras.callbacks.TensorBoard(
                self.folder / "tensorboard" / self.phase.name, write_graph=False
            ),
            History(history, first, self.schedule, self.model.optimizers),
            after_round(on_epoch_end=lambda epoch, logs: self._finish_round(epoch + 1)),
        ]

    def _finish_round(self, rounds: int) -> None:
        with self.model.averaged():
            self._write_samples(rounds)
            self._write_generators()
        self.done.assign(self.schedule.steps_after(rounds))
        if self.done == self.schedule.total:
            self.model.average()
        self._save_checkpoint()  # last: what it says is done is on disk

    def _save_checkpoint(self) -> None:
        with writing(self.folder):
            self._checkpoints.save()

    def restore(self) -> None:
        """Goes back to the newest checkpoint and the phase that it is of.

        Raises:
            NegcolorError: it is damaged.
        """
        newest = self._checkpoints.latest_checkpoint
        try:
            number = tf.train.load_variable(newest, "number/.ATTRIBUTES/VARIABLE_VALUE")
            self.begin_phase(int(number))
            self._checkpoint.restore(newest).assert_existing_objects_matched()
        except Exception as error:  # TensorFlow raises many types for damaged files
            raise NegcolorError(
                f"{self.folder / 'checkpoints'} is damaged and the run cannot be continued; put "
                "back a copy of it, or start a new run."
            ) from error

    def _write_architecture(self) -> None:
        """The summaries of G and of one discriminator; F and the other one are like them."""
        discriminators = [n for name, n in self.networks.items() if name.startswith("disc")]
        lines: list[str] = []
        for network in (self.networks["generator_g"], *discriminators[:1]):
            network.summary(print_fn=lines.append, line_length=88)
        with writing(self.folder):
            atomic_write_text(self.folder / "architecture.txt", "\n".join(lines) + "\n")

    def _write_samples(self, rounds: int) -> None:
        sheet = self.task.sample_sheet(self.networks)
        if sheet is not None:
            name = self._of_phase(self.schedule.file_stem(rounds)) + ".png"
            write(self.folder / SAMPLES / name, sheet, overwrite=True)

    def _of_phase(self, stem: str) -> str:
        """A file's stem with the name of the phase, unless that is the last one."""
        return stem if self.phase is self.phases[-1] else f"{stem}_{self.phase.name}"

    def _write_generators(self) -> None:
        """Saves the generators in float32, so that they run well on any machine."""
        for name in [name for name in self.networks if name.startswith("generator")]:
            network = self.in_float32(name)
            with (
                writing(self.folder),
                atomic_path(self.folder / f"{name}.keras", overwrite=True) as file,
            ):
                network.save(file)

    def in_float32(self, name: str) -> keras.Model:
        """One of the networks with its weights under the float32 policy."""
        network = self.networks[name]
        if self.policy == "float32":
            return network
        if name not in self._copies:  # made once: some contain large pretrained networks
            self._copies |= self.task.build_networks("float32", [name])
        self._copies[name].set_weights(network.get_weights())
        return self._copies[name]
