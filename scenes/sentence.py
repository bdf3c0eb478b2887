"""A sentence on the screen: a row of tokens, and under each its vector, its ink and what it is made of.

    the token in its box, the rest token quiet in front
    an arrow down
    the column of numbers, on a panel filled with the ink the vector holds, its own on top, the others rising from below
    a bar of that ink, source by source

Everything is laid out from the Trace when it is made; the scene decides when it moves.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from manim import Arrow, BraceBetweenPoints, ManimColor, Mobject, Rectangle, VGroup, VMobject

from soakup.scenes import style
from soakup.scenes.arcs import Arc, arc_heights, down_to_the_next, over_the_row
from soakup.scenes.crowns import crowns
from soakup.scenes.errors import SceneError
from soakup.scenes.flows import Flow, flows
from soakup.scenes.folding import FOLDED_TO, MOST_SHOWN, too_many
from soakup.scenes.ink import InkBar, inks_of, mixture, order_of_inks
from soakup.scenes.motion import tinting
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import Reading
from soakup.scenes.row import COLUMN_GAP
from soakup.scenes.running_text import running_text
from soakup.scenes.screen import Screen
from soakup.scenes.sentence_plan import BAR, MANY, Line, Measures, plan_sentence
from soakup.scenes.strips import Strip, cells_in
from soakup.scenes.style import Theme
from soakup.scenes.tokens import TokenBox, rest_box, token_row
from soakup.scenes.vectors import Column, column_width
from soakup.scenes.words import Words, line_width, written

OVER = 0.06  # from the top of a column to the top of the panel behind it
FOOT = 0.05  # from a box to the foot of its arcs, of which the thickest is three times as wide
PANEL = 0.3  # opacity of the ink behind a column
PLATES, ARCS = -0.3, -0.6  # z: under boxes what keeps arcs from them, and under that the arcs
BAND = 0.8  # opacity of what goes down a column as it is worked on
STRIP_SHARE, STRIP_WIDEST = 0.7, 0.5  # of a panel's width, that its strip takes; and in units
PANEL_WIDEST = 0.7  # of a panel behind a strip


@dataclass
class Stack:
    """What belongs to one token, from the top down (the box is shared by the pieces of one character)."""

    box: TokenBox
    arrow: Arrow
    panel: InkBar
    column: Column | Strip
    bar: InkBar

    @property
    def vector(self) -> list[Mobject]:
        """All but the box."""
        return [self.arrow, self.panel, self.column, self.bar]


class Sentence:
    """The rows and their stacks, one for each token of the text."""

    def __init__(self, reading: Reading, screen: Screen, theme: Theme) -> None:
        self.reading, self.screen, self.theme = reading, screen, theme
        self.inks = inks_of(reading, theme)
        reading.show_entries(MANY)
        self._numbers = reading.shown_values  # all that columns may come to show
        row = reading.in_the_row
        measures = Measures(
            lambda k, size: line_width(written(reading.label(row[k])), size),
            [k > 0 and reading.goes_on(group[0]) for k, group in enumerate(row)],
            [0 if group[0] in reading.runs else len(group) for group in row],
            self.width_of_numbers,
            reading.against(row),
        )
        self.plan = plan = plan_sentence(measures, screen, reading.rest is not None, reading.from_the_right)
        self.strips = plan.entry_size is None
        if plan.entry_size is None:
            self.panel_width = min(plan.pitch - 0.06, PANEL_WIDEST)
            self.column_width = min(max(STRIP_SHARE * self.panel_width, 0.14), STRIP_WIDEST)
            line = plan.lines[0]
            reading.show_entries(cells_in(line.columns_at - line.columns_end, reading.trace.model.width))
        else:
            self.column_width = self.width_of_numbers(plan.entry_size)
            self.panel_width = self.column_width + min(0.12, 0.8 * (plan.pitch - self.column_width))
            reading.show_entries(plan.entries)

        self.line_of: dict[int, Line] = {}
        self.x: dict[int, float] = {}
        self.boxes: dict[tuple[int, ...], TokenBox] = {}
        self.rise: dict[tuple[int, ...], float] = {}  # how much higher a box stands than the lower ones
        for line in plan.lines:
            groups = [row[k] for k in line.boxes]
            self.boxes |= token_row(reading, groups, line.row, line.tokens_at, theme)
            for group, place in zip(groups, line.row.places, strict=True):
                self.rise[group] = line.row.rise if place.raised else 0.0
                side = -1 if reading.from_the_right else 1
                if group[0] in reading.runs:
                    self.line_of[group[0]], self.x[group[0]] = line, place.x
                    continue
                for n, i in enumerate(group):
                    self.line_of[i] = line
                    apart = side * (n - (len(group) - 1) / 2) * (self.column_width + COLUMN_GAP)
                    self.x[i] = place.x + apart
        self.boxes = dict(sorted(self.boxes.items()))  # in the order they are read
        box_of = {i: box for group, box in self.boxes.items() for i in group}
        self._arrows: dict[float, Arrow] = {}  # by how far they go up
        self.stacks = {i: self._stack(i, box_of[i]) for i in reading.tokens}
        self.rest = VGroup()
        if reading.rest is not None:
            self.x[reading.rest] = plan.rest_x
            self.line_of[reading.rest] = plan.lines[0]
            self.rest.add(rest_box(plan.rest_x, self.boxes[row[plan.lines[0].boxes[0]]], theme))

    def width_of_numbers(self, size: float) -> float:
        """How wide a column of numbers is at a font size."""
        return column_width(self._numbers, self.reading.entry_format, size)

    def _stack(self, i: int, box: TokenBox) -> Stack:
        x, line, theme = self.x[i], self.line_of[i], self.theme
        top = line.columns_at + OVER
        arrow = self._arrow(top - box.get_bottom()[1]).shift((x, box.get_bottom()[1], 0))
        panel = self.new_panel(0, i, x)
        order = order_of_inks(self.reading, self.reading.layers, i)
        bar = InkBar(self.reading.inks(0, i), order, self.inks, theme.others)
        bar.place(x, self.bar_y(i), self.panel_width, BAR).set_z_index(-1)
        column = self.new_column(self.reading.vector_after(0, i), x, i)
        return Stack(box, arrow, panel, column, bar)

    def _arrow(self, rise: float) -> Arrow:
        """An arrow so far up or down from the origin; most are copies of another, which are made sooner."""
        key = round(rise, 9)
        if key not in self._arrows:
            arrow = Arrow((0, 0, 0), (0, rise, 0), buff=0.05, stroke_width=2, tip_length=0.11)
            self._arrows[key] = arrow.set_color(self.theme.quiet)
        return self._arrows[key].copy()

    # --- what is there ---

    @property
    def two_rows(self) -> bool:
        return len(self.plan.lines) > 1

    def bar_y(self, i: int) -> float:
        """The middle of token i's ink bar."""
        return self.line_of[i].bottom + BAR / 2

    def middle(self, i: int) -> float:
        """The middle of token i's column."""
        return (self.line_of[i].columns_at + self.line_of[i].columns_end) / 2

    def mobjects(self) -> list[Mobject]:
        """Everything, boxes first."""
        stacks = [m for stack in self.stacks.values() for m in stack.vector]
        return [*self.boxes.values(), *stacks, self.rest]

    @property
    def folded(self) -> dict[int, TokenBox]:
        """The boxes of what stands folded, by their first token."""
        return {group[0]: box for group, box in self.boxes.items() if group[0] in self.reading.runs}

    def ink_color(self, n: int, i: int) -> ManimColor:
        """The colour of token i's vector after n layers."""
        held = self.reading.ink_shares(n, i)
        return mixture(held, self.inks[: len(held)])

    def new_column(self, quantities: list[Quantity], x: float, i: int, color: str | None = None) -> Column | Strip:
        """A column, or strip, of the size and format of the others, at the height of token i's."""
        line, scale = self.line_of[i], self.reading.entry_scale
        top, size = (x, line.columns_at), self.plan.entry_size
        if size is None:
            height = line.columns_at - line.columns_end
            return Strip(self.drawn(quantities), top, self.column_width, height, scale, self.theme)
        return Column(quantities, top, self.column_width, size, scale, self.theme, color)

    def drawn(self, quantities: list[Quantity]) -> list[Quantity]:
        """The entries of a vector as they are shown here: in digits, or in strips as colours."""
        return [replace(q, format="", shown="colour") for q in quantities] if self.strips else quantities

    def new_panel(self, n: int, i: int, x: float) -> InkBar:
        """What stands behind a column: the ink of token i after n layers."""
        top, bottom = self.line_of[i].columns_at + OVER, self.line_of[i].bottom
        inks, order = self.reading.inks(n, i), order_of_inks(self.reading, self.reading.layers, i)
        panel = InkBar(inks, order, self.inks, self.theme.others, upright=True, opacity=PANEL)
        panel.place(x, (top + bottom) / 2, self.panel_width, top - bottom)
        return panel.set_z_index(-2)

    def arcs(self, shares: dict[tuple[int, int], Quantity]) -> dict[tuple[int, int], Arc]:
        """Arcs for shares by (source, target), wherever one is worth drawing."""
        drawn = {pair: q for pair, q in shares.items() if q.value >= style.ARC_LEAST}
        foot = {i: stack.box.get_top()[1] + FOOT for i, stack in self.stacks.items()}
        foot |= {j: box.get_top()[1] + FOOT for j, box in self.folded.items()}
        if self.reading.rest is not None:
            foot[self.reading.rest] = self.rest[0].get_top()[1] + FOOT
        over: dict[tuple[int, int], float] = {}  # how high those go that stay in their row
        for line in self.plan.lines:
            pairs = [(j, i) for j, i in drawn if self.line_of[j] is self.line_of[i] is line]
            spans = [abs(self.x[i] - self.x[j]) for j, i in pairs]
            highest = max((foot[i] for i in self.line_of if self.line_of[i] is line), default=0.0)
            heights = arc_heights(spans, line.arcs_to - highest)
            over |= {pair: highest + height for pair, height in zip(pairs, heights, strict=True)}
        ends = {self.line_of[i]: stack.bar.frame[1] - stack.bar.frame[3] / 2 for i, stack in self.stacks.items()}
        arcs = {}
        for (j, i), share in drawn.items():
            quiet = j == self.reading.rest  # it says little, and there is much of it
            color = ManimColor(self.theme.others) if quiet else style.to_color(self.inks[self.reading.word_of[j]])
            target = (self.x[i], foot[i], 0.0)
            if (j, i) in over:
                path = over_the_row((self.x[j], foot[j], 0.0), target, over[j, i])
            else:
                below = self.folded[j].get_bottom()[1] if j in self.folded else ends[self.line_of[j]]
                path = down_to_the_next((self.x[j], below - 0.03, 0.0), target)
            arcs[j, i] = Arc(path, color, share, quiet).set_z_index(ARCS)
        return arcs

    def flows(self, n: int) -> list[Flow]:
        """Bands from the words' boxes to the ink bars as they stand, for all that the tokens hold after n layers."""
        edges, quantities, landings = {}, {}, {}
        words = [w for w in self.reading.words if w != self.reading.rest_word]
        boxes_of: dict[int, list[Mobject]] = {
            w: [self.stacks[i].box.box for i in self.reading.trace.words[w].tokens] for w in words
        }
        boxes_of |= {source: [self.folded[run.first].box] for source, run in self.reading.run_sources.items()}
        if self.reading.rest_word is not None:
            boxes_of[self.reading.rest_word] = [self.rest[0]]
        for w, boxes in boxes_of.items():
            edges[w] = (min(b.get_left()[0] for b in boxes) + 0.03, max(b.get_right()[0] for b in boxes) - 0.03)
        for i, stack in self.stacks.items():
            inks = self.reading.inks(n, i)
            for w, (x0, x1) in stack.bar.spans().items():
                if w in edges and x1 > x0:
                    quantities[w, i], landings[w, i] = inks[w], (x0, x1)
        first = self.stacks[self.reading.tokens[0]]
        heights = (first.box.box.get_bottom()[1] - 0.04, first.bar.frame[1] + first.bar.frame[3] / 2)
        colors = {w: style.to_color(self.inks[w]) for w in edges}
        return flows(edges, landings, heights, colors, quantities)

    def crowns(self, said: Mapping[Arc, Quantity], written: Sequence[Mobject], of: str) -> VGroup:
        """Over arcs how much comes along them, as it is said, clear of what is written round the sentence."""

        def ceiling(y: float) -> float:
            return min((line.arcs_to for line in self.plan.lines if line.arcs_to > y - 0.1), default=y)

        return crowns(said, list(self.boxes.values()), written, ceiling, self.screen.right, self.theme, of)

    def plates(self) -> list[Rectangle]:
        """What keeps arcs from words: ground behind every raised box, since arcs of the lower boxes pass there."""
        boxes = [box.box for group, box in self.boxes.items() if self.rise[group]]
        plates = [Rectangle(width=box.width, height=box.height, stroke_width=0).move_to(box) for box in boxes]
        return [plate.set_fill(self.theme.ground, opacity=1).set_z_index(PLATES) for plate in plates]

    def frame_round(self, i: int) -> VGroup:
        """A yellow frame round token i's box and one round what hangs below it."""
        box, line = self.stacks[i].box, self.line_of[i]
        frames = VGroup(Rectangle(width=box.width + 0.06, height=box.height + 0.06).move_to(box))
        height = line.columns_at + 0.1 - line.bottom + 0.04
        below = Rectangle(width=self.panel_width + 0.05, height=height)
        frames.add(below.move_to((self.x[i], line.bottom - 0.04 + height / 2, 0)))
        return frames.set_stroke(self.theme.query, width=3)

    def brace(self) -> VGroup:
        """A brace before the first column, and under it how many numbers each really has."""
        side, line = (1 if self.reading.from_the_right else -1), self.plan.lines[0]
        x = side * max(side * self.x[i] for i in self.reading.tokens if self.line_of[i] is line)
        x += side * (self.panel_width / 2 + 0.02)
        ends = [(x, line.columns_at, 0), (x, line.columns_end, 0)]
        brace = BraceBetweenPoints(*(ends if side < 0 else ends[::-1]), buff=0.05, color=self.theme.text)
        count = Words.of([self.reading.count("count.width")], style.LABEL, self.theme.text)
        middle, least = brace.get_center()[0], self.screen.left + count.width / 2
        return VGroup(brace, count.stand(min(max(middle, least), -least), line.columns_end - 0.45))

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
                stack.column.counting(self.drawn(self.reading.vector_within(layer, i))),
                stack.bar.moving(self.reading.inks(layer + 1, i)),
                tinting(stack.column.brackets, color),
                stack.panel.moving(self.reading.inks(layer + 1, i)),
            ]
        return steps

    def passing(self, layer: int) -> Iterable[Callable[[float], None]]:
        """Steps in which a whole layer goes by: entries count to what they are after it, and the ink mixes."""
        for i, stack in self.stacks.items():
            yield stack.column.counting(self.drawn(self.reading.vector_after(layer + 1, i)))
            yield stack.bar.moving(self.reading.inks(layer + 1, i))
            yield tinting(stack.column.brackets, self.ink_color(layer + 1, i))
            yield stack.panel.moving(self.reading.inks(layer + 1, i))

    def thinking(self, layer: int, band: VMobject, i: int) -> Callable[[float], None]:
        """A step in which a band goes down token i's column and each entry counts as it passes."""
        x, line = self.x[i], self.line_of[i]
        top, bottom = line.columns_at - band.height / 2, line.columns_end + band.height / 2
        counting = self.stacks[i].column.counting(self.drawn(self.reading.vector_after(layer + 1, i)), sweep=True)

        def step(alpha: float) -> None:
            band.move_to((x, top + (bottom - top) * alpha, 0))
            band.set_fill(opacity=BAND * min(1, 8 * alpha, 8 * (1 - alpha)))
            counting(alpha)

        return step

    def gap_before(self, group: tuple[int, ...]) -> bool:
        """Whether there is a space before a box, when the sentence is written as text."""
        return group[0] in self.folded or (self.reading.spaced(group[0]) and not self.reading.goes_on(group[0]))

    def as_running_text(self, y: float) -> tuple[list[np.ndarray], float]:
        """Where the boxes' middles stand when the sentence is written as text, in lines about height y, as few as let
        it be large; and how much larger it then is."""
        gap = 0.3 * self.plan.token_size / 48
        groups = list(self.boxes)
        points, larger = running_text(
            [self.boxes[g].label.width for g in groups],
            [self.gap_before(g) * gap for g in groups],
            self.screen.room,
            y,
            style.STATEMENT / self.plan.token_size,
            self.reading.from_the_right,
            self.reading.against(groups),
        )
        return [np.array([*point, 0]) for point in points], larger


def fitting(reading: Reading, told: Sequence[int], kept: set[int], screen: Screen, theme: Theme) -> Sentence:
    """The sentence whole, where it is short enough and fits the screen; else with as few words folded as have to be,
    those that matter least to the words `told`, but none that is `kept`. Raises SceneError where nothing fits."""
    found = too_many(len(reading.tokens))
    counts = [most for most in (*FOLDED_TO, MOST_SHOWN) if most < len(reading.tokens)]
    whole, matter = [reading] if len(reading.tokens) <= MOST_SHOWN else [], reading.held_by(told)
    for tried in (*whole, *(reading.folding(matter, kept, most) for most in counts)):
        try:
            if tried is not None:
                return Sentence(tried, screen, theme)
        except SceneError as error:
            found = error
    raise found
