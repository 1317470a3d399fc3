"""What happens around the steps of a training: progress, history, samples, checkpoints."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from negcolor.atomic import atomic_write_text
from negcolor.training.disk import writing
from negcolor.training.rounds import Rounds


class ProgressReport(keras.callbacks.Callback):
    """A progress bar with the losses and the speed; a line per round, Keras' epoch, stays.

    `close` gives the terminal back, also after a training that ended with an exception.

    Args:
        title: what the round is called after which that many are done: 1 -> "epoch 1/20".
        batch_size: images of each domain per step, for the speed.
        console: where to print.
    """

    def __init__(self, title: Callable[[int], str], batch_size: int, console: Console) -> None:
        super().__init__()
        self.title = title
        self.batch_size = batch_size
        self.console = console
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            TextColumn("{task.completed}/{task.total} · {task.fields[values]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.began = time.perf_counter()
        self.steps = 0
        self.task = self.progress.add_task(
            self.title(epoch + 1), total=self.params["steps"], values=""
        )
        self.progress.start()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self.steps += 1
        self.progress.update(self.task, advance=1, values=self._values(logs or {}))

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.progress.stop()
        self.progress.remove_task(self.task)
        seconds = time.perf_counter() - self.began
        values = f"{self._values(logs or {})} · {seconds:.0f} s"
        line = f"{self.title(epoch + 1)} · {values}"
        self.console.print(line, highlight=False, soft_wrap=True)

    def close(self) -> None:
        self.progress.stop()

    def _values(self, logs: dict[str, Any]) -> str:
        losses = [f"{name} {value:.3f}" for name, value in in_order(self.model, logs).items()]
        speed = self.steps * self.batch_size / (time.perf_counter() - self.began)
        return " · ".join([*losses, f"{speed:.1f} images/s"])


class History(keras.callbacks.Callback):
    """Writes a table, a row per round: how far the phase is, the losses, the learning rates.

    There are no times in it, so that a resumed run writes the same file as one in one go.

    Args:
        path: the file; rows from `first` on, of a run that was killed, are dropped.
        first: the first round that will be trained, counted from 0.
        rounds: of the phase, for the first column.
        optimizers: by what they train, for the last columns.
    """

    def __init__(
        self,
        path: Path,
        first: int,
        rounds: Rounds,
        optimizers: dict[str, keras.optimizers.Optimizer],
    ) -> None:
        super().__init__()
        self.path = path
        self.rounds = rounds
        self.optimizers = optimizers
        self.rows = []
        if first and path.exists():
            with path.open(newline="", encoding="utf-8") as file:
                self.rows = list(csv.DictReader(file))[:first]

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        row = {self.rounds.unit: str(self.rounds.position(epoch + 1))}
        losses = in_order(self.model, logs or {})
        row |= {name: f"{value:.8g}" for name, value in losses.items()}
        for networks, optimizer in self.optimizers.items():
            row[f"learning rate {networks}"] = f"{float(optimizer.learning_rate):.8g}"
        self.rows.append(row)
        text = io.StringIO()
        writer = csv.DictWriter(text, fieldnames=list(row), lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        with writing(self.path.parent):
            atomic_write_text(self.path, text.getvalue())


class Figures(keras.callbacks.Callback):
    """Adds figures to what the callbacks behind it are told about an epoch."""

    def __init__(self, measure: Callable[[], dict[str, float]]) -> None:
        super().__init__()
        self.measure = measure

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if logs is not None:
            logs |= self.measure()


class AfterEpoch(keras.callbacks.Callback):
    """Calls a function with the number of epochs done."""

    def __init__(self, function: Callable[[int], None]) -> None:
        super().__init__()
        self.function = function

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.function(epoch + 1)


class StopAfter(keras.callbacks.Callback):
    """Ends a training with the first epoch that ends so many minutes from now, or later."""

    def __init__(self, minutes: float) -> None:
        super().__init__()
        self.end = time.monotonic() + 60 * minutes

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.model.stop_training = time.monotonic() >= self.end


def in_order(model: keras.Model, logs: dict[str, Any]) -> dict[str, float]:
    """The losses in the order of the model's metrics, then figures; `fit` sorts by the alphabet."""
    losses = [metric.name for metric in model.metrics]
    figures = [name for name in logs if name not in losses]
    return {name: float(logs[name]) for name in losses + figures}
