"""Words on the screen, each with the quantities its digits come from.

Digits cannot be written here any other way: a text holding a digit that no quantity accounts for is refused.
"""

import re
from collections.abc import Sequence

from manim import Text, VGroup
from soakup.assets import fonts
from soakup.scenes.quantity import Quantity


class Words(VGroup):
    """One line of text, shown literally, standing on a baseline.

    `drop` is how far its lowest point lies below the baseline, `x_height` how high an x is.
    """

    def __init__(
        self,
        text: str,
        size: float,
        color: str,
        quantities: Sequence[Quantity] = (),
        weight: str = "NORMAL",
    ) -> None:
        super().__init__()
        left = text
        for quantity in sorted(quantities, key=lambda q: -len(q.text)):
            left = left.replace(quantity.text, "", 1) if quantity.text else left
        if re.search(r"\d", left):
            raise ValueError(f"{text!r} shows digits that no quantity accounts for")
        self.text, self.size, self.quantities = text, size, tuple(quantities)
        # A leading x marks the baseline: Pango reports only outlines, and they begin wherever the letters do.
        drawn = Text(
            "x" + text,
            font=fonts.face_for("x" + text),
            font_size=size,
            color=color,
            weight=weight,
            warn_missing_font=False,
        )
        self.x_height = drawn.submobjects[0].height
        baseline = drawn.submobjects[0].get_bottom()[1]
        self.add(*drawn.submobjects[1:])
        self.drop = baseline - self.get_bottom()[1]
        self.move_to((0, 0, 0))

    def stand(self, x: float, y: float, side: float = 0.0) -> "Words":
        """Put the baseline at y, and at x the middle (side 0), the left end (-1) or the right end (1)."""
        self.shift(
            (
                x - self.get_center()[0] - side * self.width / 2,
                y - self.drop - self.get_bottom()[1],
                0,
            )
        )
        return self
