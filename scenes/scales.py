"""What colours and sizes in the cells of a grid mean: a bar of colours from the lowest score to the highest, and dots
of known weights."""

from collections.abc import Sequence

import numpy as np
from manim import Circle, Rectangle, VGroup, VMobject

from soakup.scenes import style
from soakup.scenes.marks import Patch
from soakup.scenes.quantity import Quantity
from soakup.scenes.style import Theme
from soakup.scenes.words import Words

HEIGHT, STEPS = 0.2, 24  # of the bar, and of how many colours it is made
SHORTEST, LONGEST = 0.3, 1.6  # its length
APART = 0.1  # between it and the numbers at its ends


def score_scale(at: tuple[float, float], room: float, ends: Sequence[Quantity], most: float, theme: Theme) -> VGroup:
    """The bar, the lowest score before it and the highest behind, from a place on and where it can be no farther than
    `room`; `most` is the score of the brightest colour."""
    x, y = at
    low, high = (Words.of([end], style.ENTRY_SMALLEST, theme.text) for end in ends)
    length = min(max(room - x - low.width - high.width - 2 * APART, SHORTEST), LONGEST)
    low.centre(x, y, side=-1)
    start, width = low.get_right()[0] + APART, length / STEPS
    parts = VGroup(low)
    for k, score in enumerate(np.linspace(float(ends[0].value), float(ends[1].value), STEPS)):
        middle = start + (k + 0.5) * width
        if k in (0, STEPS - 1):  # these are scores of the model's, and the colours between them are what lies between
            patch: VMobject = Patch(ends[min(k, 1)], (middle, y), (width / 0.94, HEIGHT / 0.94), most, theme)
        else:
            patch = Rectangle(width=width, height=HEIGHT, stroke_width=0, fill_opacity=1).move_to((middle, y, 0))
            patch.set_fill(style.score_color(float(score), most, theme))
        parts.add(patch)
    frame = Rectangle(width=length, height=HEIGHT, stroke_width=1, color=theme.quiet).move_to(
        (start + length / 2, y, 0)
    )
    return parts.add(frame, high.centre(start + length + APART, y, side=-1))


def dot_scale(x: float, y: float, largest: float, theme: Theme) -> VGroup:
    """The dots of all the attention there is and of half of it, from x on; `largest` is the radius of the first."""
    parts = VGroup()
    for share, name in ((1.0, "all"), (0.5, "half")):
        radius = largest * share**0.5
        key = Circle(radius=radius, stroke_width=0, fill_opacity=1, color=theme.quiet)
        key.move_to((x + radius, y, 0))
        word = Words(name, 26, theme.text).centre(key.get_right()[0] + 0.1, y, side=-1)
        x = word.get_right()[0] + 0.25
        parts.add(key, word)
    return parts
