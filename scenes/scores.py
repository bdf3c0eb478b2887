"""The scores on the attention grid: where a query and a key meet stands their dot product, in digits or as a colour,
and later what becomes of it, a weight, as a dot."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from manim import Circle, FadeIn, FadeOut, Mobject, VGroup, VMobject, linear

from soakup.drawing.numbers import digit_height
from soakup.scenes import style
from soakup.scenes.entries import Entry, Untold
from soakup.scenes.grid_scene import GridScene
from soakup.scenes.marks import Dot, Patch
from soakup.scenes.motion import HALF, change, during, going, levels, one_after_another, set_level, staggered, together
from soakup.scenes.overlap import overlap
from soakup.scenes.quantity import Quantity
from soakup.scenes.scales import dot_scale, score_scale
from soakup.scenes.scene import late

FRAMES_GONE = 0.5  # seconds
HARDLY = 0.12  # the level of a number that others fly over slowly
SMALLEST_SYMBOL, LARGEST_SYMBOL = 0.78, 0.86  # how large a symbol is drawn in a cell, the margin's being 1


class ScoreScene(GridScene):
    """A scene on what stands in the cells of the grid."""

    # --- beats ---

    def a_query_meets_a_key(self) -> None:
        """The followed word's query and the key it looks at fly to the cell where they meet, and their product is
        counted up, entry by entry."""
        grid, i, j = self.grid, self.i, self.j
        score = self.head_shown.dot_product(i, j)
        self.say("“", self.name(i), "” asks, “", self.name(j), "” answers: their dot product is ", score)
        self.make_marks()
        frames = VGroup(grid.frame([i], grid.rows, self.style.query), grid.frame(grid.columns, [j], self.style.key))
        kept = [*grid.asking(i), *grid.answering(j)]
        dimmed = [m for m in grid.margins() if m not in kept]
        self.play(change(dimmed, levels(dimmed, style.DIM), run_time=0.6), FadeIn(frames, run_time=0.6))
        mark = self.marks[i, j]
        pair = self.flying(i, j)
        if pair:
            query, key, meeting = pair
            times = Circle(radius=0.04, stroke_width=0, fill_opacity=1, color=self.style.text).move_to(mark.at)
            self.play(change([query, key], together(*meeting), rate_func=linear, run_time=1.2))
            self.play(FadeIn(times, run_time=0.3))
            self.wait(0.3 * self.pace)
            self.play(FadeOut(query, key, times, run_time=0.4))
        showing = levels([mark], 1.0)
        if self.digits:
            terms = self.head_shown.products(i, j)
            adding = mark.adding(terms.tolist())
            self.play(
                change([mark], together(adding, lambda a: showing(min(5 * a, 1.0))), rate_func=linear, run_time=2.0)
            )
        else:
            self.show_scale(self.head_shown.dot_product, self.head_shown.dots)
            self.play(change([mark], showing, run_time=0.8))
        self.afterwards(
            lambda: self.coming(
                FadeOut(frames, run_time=FRAMES_GONE), change(dimmed, levels(dimmed, 1.0), run_time=FRAMES_GONE)
            )
        )

    def all_scores(self) -> None:
        """Every other pair flies from the margins into its cell, the farthest column first, so that none passes over a
        number that is there already."""
        self.say("The higher the score, the better query and key match")
        columns = sorted(self.grid.columns, key=lambda i: -abs(self.layout.xs[i] - self.layout.left))
        steps, copies, moved = [], [], []
        for i in columns:
            others = [j for j in self.grid.rows if (i, j) != (self.i, self.j)]
            column = [self.marks[i, j] for j in others]
            pairs = [pair for j in others if (pair := self.flying(i, j))]
            flights = [step for *_, meeting in pairs for step in meeting]
            symbols = [symbol for query, key, _ in pairs for symbol in (query, key)]
            steps.append(arriving_together(flights, symbols, column) if pairs else staggered([levels(column, 1.0)], 1))
            copies += symbols
            moved += column
        self.add(*copies)
        run_time = min(max(0.4 * len(columns), 2.4), 5.0)
        moves = one_after_another(steps, 0.4 if copies else 0.5)
        first = self.marks[self.i, self.j]  # it stands there already, and steps back while keys fly over it
        if copies and columns[0] != self.i:
            moves = together(moves, stepping_back(first))
            moved.append(first)
        begin = FRAMES_GONE / (run_time + FRAMES_GONE)  # what flies must not cross the frames of the pair before
        self.play(
            change(
                [*moved, *copies],
                during(begin, 1.0, moves),
                rate_func=linear,
                run_time=run_time + FRAMES_GONE,
            )
        )
        self.remove(*copies)

    # --- moves the beats share ---

    def flying(self, i: int, j: int) -> tuple[VMobject, VMobject, list[Callable[[float], None]]] | None:
        """Copies of query i and key j, and the steps in which they fly from the margins into their cell; None where
        there are no symbols, or no room for two, or where j is a run."""
        grid, cell = self.grid, self.layout.cell
        if not grid.queries or not grid.keys or j in self.reading.runs:
            return None
        scale = min(0.84 * cell[1] / max(grid.queries[i].height, grid.keys[j].height), LARGEST_SYMBOL)
        if scale < SMALLEST_SYMBOL:
            return None
        query, key = grid.queries[i].copy(), grid.keys[j].copy()
        widest = scale * max(query.width, key.width)
        apart = min(cell[0] / 2 - 0.06 - widest / 2, 0.3)
        if apart < widest / 2:
            return None
        for glyph in (*query.get_family(), *key.get_family()):
            if len(glyph.points):  # a halo sets them off from the lines they cross
                glyph.set_stroke(self.style.ground, width=5, background=True, opacity=glyph.get_fill_opacity())
        x, y = grid.at(i, j)
        return query, key, [going(query, (x + apart, y, 0), scale), going(key, (x - apart, y, 0), scale)]

    def make_marks(self) -> None:
        """A mark for every pair, not yet seen: its score in digits, or as a colour; for a run, dots."""
        shown, grid = self.head_shown, self.grid
        products = shown.of_the_shown(shown.dots)
        scale = float(np.abs(products).max())
        widest = shown.widest(products, shown.score_format)
        size = self.layout.entry_size or style.ENTRY_SMALLEST
        for i in grid.columns:
            for j in grid.rows:
                if j in self.reading.runs:
                    self.marks[i, j] = Untold(size, grid.at(i, j), self.style.quiet)
                    continue
                score = shown.dot_product(i, j)
                if self.layout.entry_size is not None:
                    color = style.data_color(float(score.value), scale, self.style)
                    at = self.layout.xs[i], self.row(j)
                    self.marks[i, j] = Entry(score, self.layout.entry_size, at, widest, color)
                else:
                    self.marks[i, j] = Patch(score, grid.at(i, j), self.layout.cell, scale, self.style)
        levels(self.marks.values(), 0.0)(1.0)
        self.add(*self.marks.values())

    def row(self, j: int) -> float:
        """The middle of the numbers in row j: that of the row, or where they are as large as the words before it, such
        that they stand on one line with them."""
        size = self.layout.entry_size
        on_line = self.grid.baseline + digit_height(size) / 2 if size == self.layout.label_size else 0.0
        return self.layout.ys[j] + on_line

    def new_dot(self, i: int, j: int, at_once: bool = False) -> Dot:
        weight = self.head_shown.weight(i, j, "", "dot")
        dot = Dot(weight, self.grid.at(i, j), self.layout.largest_dot, self.dot_color(j))
        dot.grow(0.0, 0.0 if at_once else 1.0)
        self.dots[i, j] = dot
        return dot

    # --- scales ---

    scale_shown: Sequence[VMobject] = ()
    in_the_way: Sequence[Mobject] = ()  # what a scale may not lie on, besides what stands round the grid

    def show_scale(self, quantity: Callable[[int, int], Quantity], array: np.ndarray) -> None:
        """With the next play, show what the colours of patches mean, from the lowest score to the highest."""
        seen, tokens = self.head_shown.of_the_shown(array), self.grid.columns
        ends = [np.unravel_index(f(seen), seen.shape) for f in (np.argmin, np.argmax)]
        found, most = [quantity(tokens[int(i)], tokens[int(j)]) for i, j in ends], float(np.abs(seen).max())
        at = self.counter.get_left()[0], self.counter.get_bottom()[1] - 0.36
        parts = score_scale(at, self.layout.xs[tokens[0]] - self.layout.box / 2 - 0.05, found, most, self.style)
        if self.meets_the_margins(parts):  # under all rows, left of where a table of softmax has its sums
            y = min(self.layout.sum_y, min(m.get_bottom()[1] for m in self.grid.margins()) - 0.13)
            parts = score_scale((self.screen.left, y), self.screen.right, found, most, self.style)
        self.hide_scale()
        self.scale_shown = [parts]
        self.coming(FadeIn(parts, run_time=0.7, rate_func=late))

    def hide_scale(self) -> None:
        """With the next play, let the scale of scores go."""
        self.coming(*[FadeOut(m, run_time=0.3) for m in self.scale_shown])
        self.scale_shown = []

    def meets_the_margins(self, mobject: Mobject) -> bool:
        """Whether it lies on what stands over or before the grid, or on what else a scene has there."""
        near = any(overlap(mobject, m, gap=(0.15, 0.1)) for m in self.in_the_way)
        return near or any(overlap(mobject, m) for m in self.grid.margins())

    def dot_scale(self) -> VGroup:
        """What the area of a dot means: in the corner, in one line or two, or else under the grid."""
        plan = self.layout
        y = self.counter.get_bottom()[1] - 0.18 - max(plan.largest_dot, 0.12)
        for stacked in (False, True):
            scale = dot_scale(self.counter.get_left()[0], y, plan.largest_dot, self.style, stacked)
            has_room = scale.get_bottom()[1] >= max(plan.ys.values()) + plan.box / 2 + 0.05
            has_room |= scale.get_right()[0] < min(m.get_left()[0] for m in self.grid.margins())
            if has_room and not self.meets_the_margins(scale):
                return scale
        return dot_scale(plan.left, plan.sum_y, plan.largest_dot, self.style)


def stepping_back(mobject: VMobject) -> Callable[[float], None]:
    """A step in which a mobject is hardly there but at its beginning and its end."""
    members = [m for m in mobject.get_family() if len(m.points)]

    def step(alpha: float) -> None:
        for m in members:
            set_level(m, float(np.interp(alpha, [0, 0.05, 0.95, 1], [1, HARDLY, HARDLY, 1])))

    return step


def arriving_together(
    flights: Iterable[Callable[[float], None]], symbols: Iterable[VMobject], marks: Iterable[VMobject]
) -> Callable[[float], None]:
    """A step in which symbols fly for three quarters of the time, and are gone where the marks then stand."""
    moving = together(during(0.0, 0.75, together(*flights)), during(0.75, 1.0, levels(marks, 1.0)))
    glyphs = [glyph for symbol in symbols for glyph in symbol.get_family() if len(glyph.points)]
    for glyph in glyphs:
        set_level(glyph, 0.0)

    def step(alpha: float) -> None:
        moving(alpha)
        # Half there on their way, so that what stands in it can be read.
        level = float(np.interp(alpha, [0, 0.12, 0.45, 0.65], [0, HALF, HALF, 0]))
        for glyph in glyphs:
            set_level(glyph, level)

    return step
