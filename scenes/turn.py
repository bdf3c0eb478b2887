"""By how much a vector has turned: two arrows of one length, before and after, and the angle between them."""

from collections.abc import Callable

import numpy as np
from manim import Arc, Arrow, ManimColor, VGroup

from soakup.scenes.quantity import Quantity
from soakup.scenes.style import Theme
from soakup.scenes.words import Words

BEND = 0.36  # of the arrows' length, that the arc of the angle is from where they begin
BESIDE, UNDER = 0.3, 0.55  # from the arrows to what is written beside them, or under
SIZE = 26  # its font size


class Turn(VGroup):
    """Both arrows begin at the origin and point to the right, until `after` swings to where it belongs (`turning`);
    `note` says by how much, beside them or `under` them."""

    def __init__(
        self, degrees: Quantity, length: float, colors: tuple[ManimColor, ManimColor], theme: Theme, under: bool
    ) -> None:
        self.angle, self.length = np.radians(float(degrees.value)), length
        self.before, self.after = (
            Arrow((0, 0, 0), (length, 0, 0), buff=0, stroke_width=4, tip_length=0.18).set_color(color)
            for color in colors
        )
        self.bend = Arc(radius=BEND * length, angle=0.0, stroke_width=3, color=theme.text)
        self.after.quantities = self.bend.quantities = (degrees,)
        self.note = Words.of(["turned by ", degrees, "°"], SIZE, theme.text)
        if under:
            self.note.stand(self.middle, -UNDER)
        else:
            self.note.stand(length + BESIDE, 0.0, side=-1)
        super().__init__(self.before, self.bend, self.after, self.note)

    @property
    def middle(self) -> float:
        """Of the arrows when they have turned, from where they begin."""
        return self.length * (1 + min(0.0, float(np.cos(self.angle)))) / 2

    def turning(self) -> Callable[[float], None]:
        """A step in which the vector turns from what it was to what it is."""
        start, done = self.before.get_start(), 0.0

        def step(alpha: float) -> None:
            nonlocal done
            self.after.rotate(self.angle * (alpha - done), about_point=start)
            self.bend.points = Arc(BEND * self.length, 0.0, self.angle * alpha, arc_center=start).points
            done = alpha

        return step
