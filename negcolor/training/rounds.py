"""How a phase is cut into rounds, after each of which it can be resumed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Rounds:
    """The rounds of a phase: what Keras calls epochs.

    Attributes:
        unit: what the phase is counted in, "epoch" or "step".
        total: its length in steps.
        steps: steps of a round; the last one may be shorter.
    """

    unit: str
    total: int
    steps: int

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

    def left(self, done: int) -> Iterator[tuple[int, int, int]]:
        """What is left after `done` steps: (first round, last round, steps of each)."""
        first = done // self.steps
        whole = self.total // self.steps
        if first < whole:
            yield first, whole, self.steps
        if done < self.total and self.total % self.steps:
            yield whole, whole + 1, self.total % self.steps
