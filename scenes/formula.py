"""Mathematics, set by Typst; symbols only, since every digit on the screen belongs to a quantity."""

import re

from manim import MathTypst, VGroup, VMobject


class Formula(VGroup):
    """A formula without digits, such as `Delta arrow(E)`."""

    def __init__(self, source: str, size: float, color: str) -> None:
        if re.search(r"\d", source):
            raise ValueError(f"{source!r} holds a digit that no quantity accounts for")
        super().__init__()
        self.source, self.size = source, size
        for glyph in MathTypst(source, font_size=size).family_members_with_points():
            plain = VMobject(stroke_width=0, fill_opacity=1, color=color)
            plain.points = glyph.points
            self.add(plain)
        self._height = self.height

    @property
    def font_size(self) -> float:
        """The size it stands at now, scaled as it may have been."""
        return self.size * self.height / self._height
