"""A whole vector as a profile: one bar for each entry, from the top down, as long as the entry, to the right or left of
an axis by its sign. Profiles of one scale can be added: the bars of the sum are as long as theirs together."""

from collections.abc import Callable, Sequence

import numpy as np
from manim import Line, VGroup, VMobject

from soakup.scenes.motion import during, levels, together
from soakup.scenes.quantity import Quantity


class Profile(VGroup):
    """The entries of a vector along an upright axis; `unit` is the length of a bar of 1."""

    def __init__(
        self,
        quantities: Sequence[Quantity],
        at: tuple[float, float],
        height: float,
        unit: float,
        color: str,
        quiet: str,
    ) -> None:
        self.x, self.top = at
        self.height_of_all, self.unit = height, unit
        self.values = np.array([q.value for q in quantities], dtype=float)
        self.bars = VMobject(stroke_width=0, fill_opacity=1, color=color)
        self.axis = Line((self.x, self.top, 0), (self.x, self.top - height, 0), stroke_width=1, color=quiet)
        super().__init__(self.axis, self.bars)
        self.quantities = tuple(quantities)
        self.draw(self.values)

    def draw(self, values: np.ndarray, x: float | None = None) -> None:
        """Draw bars of other lengths, or about another axis."""
        x = self.x if x is None else x
        edges = self.top - self.height_of_all * np.arange(len(values) + 1) / len(values)
        ends = x + values * self.unit
        outline = np.empty((2 * len(values) + 2, 2))
        outline[0], outline[-1] = (x, edges[0]), (x, edges[-1])
        outline[1:-1:2, 0], outline[2:-1:2, 0] = ends, ends
        outline[1:-1:2, 1], outline[2:-1:2, 1] = edges[:-1], edges[1:]
        outline = np.vstack([outline, outline[:1]])
        steps = np.linspace(0, 1, 4)[None, :, None]
        curves = outline[:-1, None] + (outline[1:, None] - outline[:-1, None]) * steps  # (n, 4, 2)
        self.bars.points = np.pad(curves.reshape(-1, 2), ((0, 0), (0, 1)))

    def joining(self, other: "Profile", before: np.ndarray) -> Callable[[float], None]:
        """A step in which this one goes over to another, and that one's bars, `before` as long, grow by its own."""
        fill = self.bars.fill_rgbas.copy()
        self.axis.set_stroke(opacity=0)

        def step(alpha: float) -> None:
            flown, added = min(alpha / 0.6, 1.0), max((alpha - 0.6) / 0.4, 0.0)
            self.draw(self.values * (1 - added), self.x + (other.x - self.x) * flown)
            self.bars.fill_rgbas = fill * [1, 1, 1, 1 - added]
            if added > 0:
                other.draw(before + self.values * added)

        return step


def stretching(short: Profile, long: Profile) -> Callable[[float], None]:
    """A step in which a profile grows as long as another, in whose middle it stands, and gives way to it."""
    middle, share = long.top - long.height_of_all / 2, short.height_of_all / long.height_of_all
    members = [(m, m.points.copy(), share) for m in short.get_family() if len(m.points)]
    members += [(m, m.points.copy(), 1.0) for m in long.get_family() if len(m.points)]
    levels([long], 0.0)(1.0)
    giving_way = together(during(0.2, 0.8, levels([short], 0.0)), during(0.1, 0.7, levels([long], 1.0)))

    def step(alpha: float) -> None:
        reach = share + (1 - share) * alpha
        for m, home, whole in members:
            m.points = home * [1, 0, 1] + (middle + (home - middle) * reach / whole) * [0, 1, 0]
        giving_way(alpha)

    return step
