"""What happens around the steps of a training: rounds, progress, history, limits."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from negcolor.atomic import atomic_write_text
from negcolor.experiments.phases import Phase
from negcolor.experiments.run_folder import writing


@dataclass(frozen=True)
class CheckpointSchedule:
    """How a phase is cut into rounds, after each of which it can be resumed: Keras' epochs.

    Attributes:
        unit: what the phase is counted in, "epoch" or "step".
        total: its length in steps.
        steps: steps of a round; the last one may be shorter.
    """

    unit: str
    total: int
    steps: int

    @classmethod
    def of_phase(cls, phase: Phase, steps_per_epoch: int) -> CheckpointSchedule:
        """That of a phase: rounds are epochs, or of its `round_steps`."""
        if phase.unit == "epoch":
            return cls("epoch", phase.length * steps_per_epoch, steps_per_epoch)
        return cls("step", phase.length, phase.round_steps)

    def steps_after(self, rounds: int) -> int:
        """How many steps have been done after that many rounds."""
        return min(rounds * self.steps, self.total)

    def position(self, rounds: int) -> int:
        """Where the phase is after that many rounds, in its unit."""
        return rounds if self.unit == "epoch" else self.steps_after(rounds)

    def title(self, rounds: int) -> str:
        """ "epoch 1/20", "step 500/3000"."""
        last = -(-self.total // self.steps)
        return f"{self.unit} {self.position(rounds)}/{self.position(last)}"

    def file_stem(self, rounds: int) -> str:
        """ "epoch_001", "step_000500"."""
        return f"{self.unit}_{self.position(rounds):0{3 if self.unit == 'epoch' else 6}d}"

    def remaining(self, done: int) -> Iterator[tuple[int, int, int]]:
        """What is left after `done` steps: (first round, last round, steps of each)."""
        first = done // self.steps
        whole = self.total // self.steps
        if first < whole:
            yield first, whole, self.steps
        if done < self.total and self.total % self.steps:
            yield whole, whole + 1, self.total % self.steps


class ProgressReport(keras.callbacks.Callback):
    """A progress bar with the losses and the speed; a line per round, Keras' epoch, stays.

    `close` gives the terminal back, also after a training that ended with an exception.

    Args:
        phase: which one, for its name and, for the speed, its batches.
        schedule: of the phase.
        console: where to print.
    """

    def __init__(self, phase: Phase, schedule: CheckpointSchedule, console: Console) -> None:
        super().__init__()
        self.phase = phase
        self.schedule = schedule
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
            self._title(epoch), total=self.params["steps"], values=""
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
        line = f"{self._title(epoch)} · {values}"
        self.console.print(line, highlight=False, soft_wrap=True)

    def close(self) -> None:
        self.progress.stop()

    def _title(self, epoch: int) -> str:
        return f"{self.phase.name} · {self.schedule.title(epoch + 1)}"

    def _values(self, logs: dict[str, Any]) -> str:
        losses = [f"{name} {value:.3f}" for name, value in in_order(self.model, logs).items()]
        speed = self.steps * self.phase.batch_size / (time.perf_counter() - self.began)
        return " · ".join([*losses, f"{speed:.1f} images/s"])


class History(keras.callbacks.Callback):
    """Writes a table, a row per round: how far the phase is, the losses, the learning rates.

    There are no times in it, so that a resumed run writes the same file as one in one go.

    Args:
        path: the file; rows from `first` on, of a run that was killed, are dropped.
        first: the first round that will be trained, counted from 0.
        schedule: of the phase, for the first column.
        optimizers: by what they train, for the last columns.
    """

    def __init__(
        self,
        path: Path,
        first: int,
        schedule: CheckpointSchedule,
        optimizers: Mapping[str, keras.optimizers.Optimizer],
    ) -> None:
        super().__init__()
        self.path = path
        self.schedule = schedule
        self.optimizers = optimizers
        self.rows = []
        if first and path.exists():
            with path.open(newline="", encoding="utf-8") as file:
                self.rows = list(csv.DictReader(file))[:first]

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        row = {self.schedule.unit: str(self.schedule.position(epoch + 1))}
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


class StopAfter(keras.callbacks.Callback):
    """Ends a training with the first epoch that ends so many minutes from now, or later."""

    def __init__(self, minutes: float) -> None:
        super().__init__()
        self.end = time.monotonic() + 60 * minutes

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.model.stop_training = time.monotonic() >= self.end


def in_order(model: keras.Model, logs: dict[str, Any]) -> dict[str, float]:
    """The losses in the order of the model's metrics, then others; `fit` sorts by the alphabet."""
    losses = [metric.name for metric in model.metrics]
    others = [name for name in logs if name not in losses]
    return {name: float(logs[name]) for name in losses + others}
