"""How far a render is, and how long it will still take."""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """How far a render is: `frames` drawn so far, and the section that is being drawn, the `number`-th from 1.

    `total` is how many sections the scene has, `planned` how many of them are to be drawn; both are None for a plain
    Manim scene, of which nobody knows how long it will be. `done` is how many have been drawn.
    """

    frames: int
    section: str
    number: int
    total: int | None
    done: int
    planned: int | None


class Clock:
    """Guesses how long a render still takes, from how long its beats took so far."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.done, self.done_at = 0, 0.0  # how many beats were done, and after how many seconds

    def spent(self) -> float:
        return time.monotonic() - self.started

    def read(self, step: Step) -> tuple[float, int | None]:
        """The share of the render that is done, and the seconds that are left, when anything is known of it."""
        if step.done != self.done:
            self.done, self.done_at = step.done, self.spent()
        if not step.planned or not self.done:
            return 0, None
        a_beat = self.done_at / self.done
        begun = min((self.spent() - self.done_at) / a_beat, 1)
        left = step.planned - self.done - begun
        return 1 - left / step.planned, round(left * a_beat)
