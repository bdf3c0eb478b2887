"""What colours and sizes mean: a bar of colours from the lowest score or entry to the highest, and dots of known
weights."""

from collections.abc import Sequence

import numpy as np
from manim import Circle, Rectangle, VGroup, VMobject

from soakup.scenes import style
from soakup.scenes.quantity import Quantity
from soakup.scenes.style import Theme
from soakup.scenes.words import Words

HEIGHT, STEPS = 0.2, 24  # of the bar, and of how many colours it is made
SHORTEST, LONGEST = 0.3, 1.6  # its length
STRIPS_LENGTH = 0.9  # of that for strips
APART = 0.1  # between it and the numbers at its ends


class ScoreBar(VGroup):
    """Colours from the lowest score, the left end, to the highest; `most` is the score of the brightest colour."""

    def __init__(
        self, ends: Sequence[Quantity], most: float, left: float, y: float, length: float, theme: Theme
    ) -> None:
        self.quantities = tuple(ends)
        width = length / STEPS
        super().__init__()
        for k, score in enumerate(np.linspace(float(ends[0].value), float(ends[1].value), STEPS)):
            step = Rectangle(width=width, height=HEIGHT, stroke_width=0, fill_opacity=1)
            step.set_fill(style.score_color(float(score), most, theme))
            self.add(step.move_to((left + (k + 0.5) * width, y, 0)))
        frame = Rectangle(width=length, height=HEIGHT, stroke_width=1, color=theme.quiet)
        self.add(frame.move_to((left + length / 2, y, 0)))

    def parts_of_quantities(self) -> list[list[VMobject]]:
        """What each of its quantities is drawn as: its two ends; between them lies what lies between."""
        return [[self.submobjects[0]], [self.submobjects[STEPS - 1]]]


def score_scale(at: tuple[float, float], room: float, ends: Sequence[Quantity], most: float, theme: Theme) -> VGroup:
    """The bar, the lowest score before it and the highest behind, from a place on and where it can be no farther than
    `room`; `most` is the score of the brightest colour."""
    x, y = at
    low, high = (Words.of([end], style.ENTRY_SMALLEST, theme.text) for end in ends)
    length = min(max(room - x - low.width - high.width - 2 * APART, SHORTEST), LONGEST)
    start = low.centre(x, y, side=-1).get_right()[0] + APART
    bar = ScoreBar(ends, most, start, y, length, theme)
    return VGroup(low, bar, high.centre(start + length + APART, y, side=-1))


def strip_scale(ends: Sequence[Quantity], most: float, theme: Theme, size: float) -> VGroup:
    """The same for the colours of strips, from x = 0 on and on a baseline at 0."""
    low, high = (Words.of([end], size, theme.text) for end in ends)
    start = low.stand(0.0, 0.0, side=-1).get_right()[0] + APART
    bar = ScoreBar(ends, most, start, HEIGHT / 2, STRIPS_LENGTH, theme)
    return VGroup(low, bar, high.stand(start + STRIPS_LENGTH + APART, 0.0, side=-1))


def dot_scale(x: float, y: float, largest: float, theme: Theme, stacked: bool = False, wider: float = 1.0) -> VGroup:
    """The dots of all the attention there is and of half of it, from x on, or under each other; `largest` is the radius
    of the first, or half its height, where dots are so much wider than high."""
    parts = VGroup()
    left = x
    for share, name in ((1.0, "all"), (0.5, "half")):
        radius = largest * share**0.5
        key = Circle(radius=radius, stroke_width=0, fill_opacity=1, color=theme.quiet).stretch(wider, 0)
        key.move_to((left + largest * wider if stacked else x + radius * wider, y, 0))
        word = Words(name, 26, theme.text).centre(key.get_right()[0] + 0.1, y, side=-1)
        if stacked:
            y -= 2 * max(largest, 0.16) + 0.06
        else:
            x = word.get_right()[0] + 0.25
        parts.add(key, word)
    return parts
