"""How a phase is cut into rounds."""

from hypothesis import given
from hypothesis import strategies as st

from negcolor.training.callbacks import CheckpointSchedule


@given(total=st.integers(1, 50), steps=st.integers(1, 20), stopped=st.integers(0, 50))
def test_what_is_left_is_every_step_once(total, steps, stopped):
    rounds = CheckpointSchedule("step", total, steps)
    done = rounds.steps_after(stopped)
    seen = done
    for first, last, length in rounds.remaining(done):
        assert rounds.steps_after(first) == seen
        seen += (last - first) * length
        assert rounds.steps_after(last) == seen
    assert seen == total


def test_rounds_are_called_by_their_end():
    epochs, steps = CheckpointSchedule("epoch", 20, 10), CheckpointSchedule("step", 1200, 500)
    assert [epochs.title(1), epochs.file_stem(2)] == ["epoch 1/2", "epoch_002"]
    assert [steps.title(3), steps.file_stem(1)] == ["step 1200/1200", "step_000500"]
