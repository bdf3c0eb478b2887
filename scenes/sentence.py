"""A sentence on the screen: a row of tokens, and under each its vector, its ink and what it is made of.

    the token in its box, the rest token quiet in front
    an arrow down
    the column of numbers, on a panel filled with the ink the vector holds, its own on top, the others rising from below
    a bar of that ink, source by source

Everything is laid out from the Trace when it is made; the scene decides when it moves.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from manim import Arrow, BraceBetweenPoints, ManimColor, Mobject, Rectangle, VGroup, VMobject, config

from soakup.scenes import style
from soakup.scenes.arcs import Arc, arc_heights
from soakup.scenes.flows import Flow, flows
from soakup.scenes.ink import InkBar, mixture
from soakup.scenes.motion import tinting
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import Reading
from soakup.scenes.row import Row, box_height, lay_out
from soakup.scenes.running_text import running_text
from soakup.scenes.style import Theme
from soakup.scenes.tokens import TokenBox, rest_box, token_row
from soakup.scenes.vectors import Column, column_width, entry_places
from soakup.scenes.words import Words, line_width

TOKENS_AT = 1.2  # the middle of the boxes
COLUMNS_AT = 0.5  # the top of the brackets
ARCS_TO = 3.05  # the highest point of an arc
BAR = 0.24  # height of an ink bar
PANEL = 0.3  # opacity of the ink behind a column
REST = 0.75  # the width of the rest token's box, and the room before the first word


@dataclass
class Stack:
    """What belongs to one token, from the top down (the box is shared by the pieces of one character)."""

    box: TokenBox
    arrow: Arrow
    panel: InkBar
    column: Column
    bar: InkBar

    @property
    def vector(self) -> list[Mobject]:
        """All but the box."""
        return [self.arrow, self.panel, self.column, self.bar]


class Sentence:
    """The row and its stacks, one for each token of the text."""

    def __init__(self, reading: Reading, theme: Theme) -> None:
        self.reading, self.theme = reading, theme
        self.inks = style.inks(len(reading.words), reading.rest_word, theme)
        self.row, self.rest_at = self._lay_out()
        size = self.row.entry_size
        self.column_width = column_width(reading.shown_values, reading.entry_format, size)
        self.panel_width = self.column_width + min(0.12, 0.8 * (self.row.pitch - self.column_width))
        self.columns_end = COLUMNS_AT + entry_places(len(reading.entries), size)[-1]
        self.bottom = self.columns_end - 0.06 - BAR
        self.places = dict(zip(reading.tokens, self.row.places, strict=True))
        self.x = {i: place.x for i, place in self.places.items()}
        if reading.rest is not None:
            self.x[reading.rest] = self.rest_at

        self.boxes = token_row(reading, self.row, TOKENS_AT, theme)
        box_of = {i: box for group, box in self.boxes.items() for i in group}
        self.stacks = {i: self._stack(i, box_of[i]) for i in reading.tokens}
        self.rest = VGroup()
        if reading.rest is not None:
            self.rest.add(rest_box(self.rest_at, TOKENS_AT, self.row.token_size, theme))

    def _lay_out(self) -> tuple[Row, float]:
        """The places of the tokens, and where the rest token stands: just before the first."""
        reading = self.reading
        side = REST if reading.rest is not None else 0.0
        row = lay_out(
            self._text_width,
            [k > 0 and reading.goes_on(i) for k, i in enumerate(reading.tokens)],
            lambda size: column_width(reading.shown_values, reading.entry_format, size),
            config.frame_width - 2 * style.MARGIN - side,
        ).shifted(side / 2)
        rest_at = min(place.left for place in row.places) - REST / 2 - 0.1
        return (row.mirrored(), -rest_at) if reading.from_the_right else (row, rest_at)

    def _text_width(self, k: int, size: float) -> float:
        """How wide the k-th token's text is; that of a character in pieces is shared between them."""
        i = self.reading.tokens[k]
        group = self.reading.box_with(i)
        return line_width(self.reading.token(*group).text, size) / len(group)

    def _stack(self, i: int, box: TokenBox) -> Stack:
        x, top, theme = self.x[i], COLUMNS_AT + 0.06, self.theme
        arrow = Arrow((x, box.get_bottom()[1], 0), (x, top, 0), buff=0.05, stroke_width=2, tip_length=0.11)
        panel = self.new_panel(0, i, x)
        bar = InkBar(self.reading.inks(0, i), self._order(i), self.inks, theme.others)
        bar.place(x, self.bar_y, self.panel_width, BAR).set_z_index(-1)
        column = self.new_column(self.reading.vector_after(0, i), x)
        return Stack(box, arrow.set_color(theme.quiet), panel, column, bar)

    def _order(self, i: int) -> list[int]:
        """The order of the words in token i's bar: its own, then as much as it will hold of them, the rest last."""
        held = self.reading.ink_shares(self.reading.layers, i)
        others = sorted(self.reading.others(i), key=lambda w: -held[w])
        last = [] if self.reading.rest_word is None else [self.reading.rest_word]
        return [self.reading.word_of[i], *others, *last]

    # --- what is there ---

    @property
    def bar_y(self) -> float:
        """The middle of the ink bars."""
        return self.bottom + BAR / 2

    def box_x(self, i: int) -> float:
        """The middle of token i's box."""
        group = self.reading.box_with(i)
        return (self.places[group[0]].left + self.places[group[-1]].right) / 2

    def mobjects(self) -> list[Mobject]:
        """Everything, boxes first."""
        stacks = [m for stack in self.stacks.values() for m in stack.vector]
        return [*self.boxes.values(), *stacks, self.rest]

    def ink_color(self, n: int, i: int) -> ManimColor:
        """The colour of token i's vector after n layers."""
        return mixture(self.reading.ink_shares(n, i), self.inks)

    def new_column(self, quantities: list[Quantity], x: float, color: str | None = None) -> Column:
        """A column of the size and format of the others."""
        size, scale = self.row.entry_size, self.reading.entry_scale
        return Column(quantities, (x, COLUMNS_AT), self.column_width, size, scale, self.theme, color)

    def new_panel(self, n: int, i: int, x: float) -> InkBar:
        """What stands behind a column: the ink of token i after n layers."""
        top = COLUMNS_AT + 0.06
        inks, order = self.reading.inks(n, i), self._order(i)
        panel = InkBar(inks, order, self.inks, self.theme.others, upright=True, opacity=PANEL)
        panel.place(x, (top + self.bottom) / 2, self.panel_width, top - self.bottom)
        return panel.set_z_index(-2)

    def arcs(self, shares: dict[tuple[int, int], Quantity]) -> dict[tuple[int, int], Arc]:
        """Arcs for shares by (source, target), wherever one is worth drawing."""
        drawn = {pair: q for pair, q in shares.items() if q.value >= style.ARC_LEAST}
        foot = {i: stack.box.get_top()[1] + 0.03 for i, stack in self.stacks.items()}
        if self.reading.rest is not None:
            foot[self.reading.rest] = TOKENS_AT + box_height(self.row.token_size) / 2 + 0.03
        heights = arc_heights([abs(self.x[i] - self.x[j]) for j, i in drawn], ARCS_TO - max(foot.values()))
        arcs = {}
        for ((j, i), share), height in zip(drawn.items(), heights, strict=True):
            # What comes from the rest token says little, and there is much of it: it stays in the background.
            color = self.theme.others if j == self.reading.rest else style.to_color(self.inks[self.reading.word_of[j]])
            arcs[j, i] = arc = Arc((self.x[j], foot[j], 0), (self.x[i], foot[i], 0), height, color, share)
            if j == self.reading.rest:
                arc.set_stroke(opacity=0.6 * style.arc_opacity(arc.share))
        return arcs

    def flows(self, n: int) -> list[Flow]:
        """Bands from the words' boxes to the ink bars as they stand, for all that the tokens hold after n layers."""
        edges, quantities, landings = {}, {}, {}
        for w, word in enumerate(self.reading.trace.words):
            boxes = [self.rest[0]] if w == self.reading.rest_word else [self.stacks[i].box.box for i in word.tokens]
            edges[w] = (min(b.get_left()[0] for b in boxes) + 0.03, max(b.get_right()[0] for b in boxes) - 0.03)
        for i, stack in self.stacks.items():
            for w, (x0, x1) in stack.bar.spans().items():
                if w in edges and x1 > x0:
                    quantities[w, i], landings[w, i] = self.reading.ink(n, i, w), (x0, x1)
        box = next(iter(self.stacks.values())).box.box
        heights = (box.get_bottom()[1] - 0.04, self.stacks[self.reading.tokens[0]].bar.frame[1] + BAR / 2)
        colors = {w: style.to_color(self.inks[w]) for w in edges}
        return flows(edges, landings, heights, colors, quantities)

    def crowns(self, arcs: Iterable[Arc]) -> VGroup:
        """At the top of each arc its share in numbers, the largest first; one that would lie on another is left out."""
        crowns = VGroup()
        for arc in sorted(arcs, key=lambda arc: -arc.share):
            (share,) = arc.quantities
            label = Words.of([replace(share, format="percent")], style.LABEL, self.theme.text)
            x, y, _ = arc.at(0.5)
            label.stand(x, y + 0.12 if y < ARCS_TO - 0.25 else y - 0.4)
            label.set_stroke(self.theme.ground, width=6, background=True).set_z_index(1)
            if all(abs(x - c.get_x()) > (label.width + c.width) / 2 or abs(y - c.get_y()) > 0.4 for c in crowns):
                crowns.add(label)
        return crowns

    def frame_round(self, i: int) -> VGroup:
        """A yellow frame round token i's box and one round what hangs below it."""
        box = self.stacks[i].box
        frames = VGroup(Rectangle(width=box.width + 0.06, height=box.height + 0.06).move_to(box))
        height = COLUMNS_AT + 0.1 - self.bottom + 0.04
        below = Rectangle(width=self.panel_width + 0.05, height=height)
        frames.add(below.move_to((self.x[i], self.bottom - 0.04 + height / 2, 0)))
        return frames.set_stroke(self.theme.query, width=3)

    def brace(self) -> VGroup:
        """A brace before the first column, and under it how many numbers each really has."""
        side = 1 if self.reading.from_the_right else -1
        x = self.x[self.reading.tokens[0]] + side * (self.panel_width / 2 + 0.02)
        ends = [(x, COLUMNS_AT, 0), (x, self.columns_end, 0)]
        brace = BraceBetweenPoints(*(ends if side < 0 else ends[::-1]), buff=0.05, color=self.theme.text)
        count = Words.of([self.reading.count("count.width")], style.LABEL, self.theme.text)
        return VGroup(brace, count.stand(brace.get_center()[0], self.columns_end - 0.45))

    # --- steps ---

    def owning(self, i: int) -> Callable[[float], None]:
        """A step in which token i's bracket takes the word's own ink."""
        return tinting(self.stacks[i].column.brackets, self.ink_color(0, i))

    def attending(self, layer: int, tokens: Iterable[int]) -> list[Callable[[float], None]]:
        """Steps in which entries count to E + ΔE and panel, bracket and bar take the new mixture of inks."""
        steps = []
        for i in tokens:
            stack, color = self.stacks[i], self.ink_color(layer + 1, i)
            steps += [
                stack.column.counting(self.reading.vector_within(layer, i)),
                stack.bar.moving(self.reading.inks(layer + 1, i)),
                tinting(stack.column.brackets, color),
                stack.panel.moving(self.reading.inks(layer + 1, i)),
            ]
        return steps

    def thinking(self, layer: int, band: VMobject, i: int) -> Callable[[float], None]:
        """A step in which a band goes down token i's column and each entry counts as it passes."""
        x, top, bottom = self.x[i], COLUMNS_AT - band.height / 2, self.columns_end + band.height / 2
        counting = self.stacks[i].column.counting(self.reading.vector_after(layer + 1, i), sweep=True)

        def step(alpha: float) -> None:
            band.move_to((x, top + (bottom - top) * alpha, 0))
            band.set_fill(opacity=0.5 * min(1, 8 * alpha, 8 * (1 - alpha)))
            counting(alpha)

        return step

    def as_running_text(self, y: float) -> tuple[list[np.ndarray], float]:
        """Where the boxes' middles stand when the sentence is written as text, and how much larger it then is.

        One line with its middle at y, or two where one does not fit.
        """
        gap = 0.3 * self.row.token_size / 48
        groups = list(self.boxes)
        points, larger = running_text(
            [self.boxes[g].label.width for g in groups],
            [0.0 if self.reading.goes_on(g[0]) or not self.reading.spaced(g[0]) else gap for g in groups],
            config.frame_width - 2 * style.MARGIN,
            y,
            style.STATEMENT / self.row.token_size,
            self.reading.from_the_right,
        )
        return [np.array([*point, 0]) for point in points], larger
