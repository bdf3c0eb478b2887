"""Mathematics, set by Typst; symbols only, since every digit on the screen belongs to a quantity."""

import re

from manim import MathTypst


class Formula(MathTypst):
    """A formula without digits, such as `Delta arrow(E)`."""

    def __init__(self, source: str, size: float, color: str) -> None:
        if re.search(r"\d", source):
            raise ValueError(f"{source!r} holds a digit that no quantity accounts for")
        super().__init__(source, font_size=size, color=color)
