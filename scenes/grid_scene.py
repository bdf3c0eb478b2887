"""What scenes on the attention grid share: the sentence takes its place over it and beside it, every word makes its
query and its key, and where two meet stands their dot product."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from manim import (
    DOWN,
    UP,
    AnimationGroup,
    Circle,
    FadeIn,
    FadeOut,
    GrowArrow,
    LaggedStart,
    Line,
    ManimColor,
    Mobject,
    VGroup,
    VMobject,
    linear,
)

from soakup.drawing.numbers import digit_height, text_width
from soakup.scenes import style
from soakup.scenes.attention_grid import AttentionGrid
from soakup.scenes.entries import Entry, Untold
from soakup.scenes.errors import SceneError
from soakup.scenes.formula import Formula
from soakup.scenes.head_scene import HeadScene
from soakup.scenes.marks import Dot, Patch
from soakup.scenes.motion import (
    HALF,
    becoming,
    change,
    going,
    half_there,
    levels,
    one_after_another,
    set_level,
    shifting,
    staggered,
    together,
)
from soakup.scenes.overlap import overlap
from soakup.scenes.quantity import Quantity
from soakup.scenes.scene import late
from soakup.scenes.words import Words

FRAMES_GONE = 0.5  # seconds
HARDLY = 0.12  # the level of a number that others fly over slowly
SMALLEST_SYMBOL, LARGEST_SYMBOL = 0.78, 0.86  # how large a symbol is drawn in a cell, the margin's being 1


class GridScene(HeadScene):
    """A scene on the attention grid of one head: queries along the top, keys down the left."""

    def choose_grid(self, name: str, with_scores: bool = True) -> None:
        """Which head to show, and whose look to follow in it; and where its grid stands.

        Raises SceneError where the scene, called `name`, cannot tell it truthfully; where it shows scores, they have to
        be dot products and the weights their softmax.
        """
        self.choose_head(name)
        look, shown = self.look, self.head_shown
        if with_scores and not shown.is_softmax_of_dot_products:
            raise SceneError(
                f"{name} shows softmax(q·k × scale), and layer {look.layer + 1} of {self.trace.model.name} "
                "computes its weights another way"
            )
        self.grid = grid = AttentionGrid(self.reading, self.entry_width, self.style)
        self.layout = grid.plan
        self.digits = self.layout.entry_size is not None
        self.marks: dict[tuple[int, int], Any] = {}  # by query and key: an Entry where there are digits, else a Patch
        self.dots: dict[tuple[int, int], Dot] = {}

    def entry_width(self, size: int) -> float:
        shown = self.head_shown
        arrays = [shown.of_the_shown(array) for array in (shown.dots, shown.scores)]
        texts = [shown.widest(array, shown.score_format) for array in arrays] + ["0.00"]
        return max(text_width(text, size) for text in texts)

    # --- beats ---

    def every_word_twice(self) -> None:
        """The sentence is written, then stands along the top and down the left; what is folded, only there."""
        self.write_sentence(self.layout.label_size)
        self.say("In attention, each word looks for the words that matter")
        self.count_head()
        self.take_places_on_top()
        self.come_beside()

    def make_queries(self) -> None:
        self.say("From each vector E, normed, a query: what it looks for")
        self.stand_vectors(over=True)
        self.make(over=True)

    def make_keys(self) -> None:
        self.say("Another matrix makes a key: what it can be found by")
        self.stand_vectors(over=False)
        self.coming(FadeIn(self.grid.lines, run_time=1.2))
        self.make(over=False)

    def turned_by_position(self) -> None:
        """A dial for each place in the sentence, its hand at the angle by which queries and keys there are turned."""
        self.say("Both are turned by their place, so that distance counts")
        radius = 0.4 * min(self.layout.cell)
        dials, hands, steps = [], [], []
        for i in self.grid.columns:
            center = np.array([*self.grid.at(i, i), 0.0])
            dial = Circle(radius=radius, color=self.style.quiet, stroke_width=1.5).move_to(center)
            hand = Line(center, center + radius * UP, color=self.style.text, stroke_width=3)
            turn = self.head_shown.turn(i)
            hand.quantities = (turn,)
            dials.append(dial)
            hands.append(hand)
            steps.append(turning(hand, center, float(turn.value)))
        self.play(FadeIn(*dials, *hands, run_time=0.6))
        self.play(change(hands, staggered(steps, lag=0.25), rate_func=linear, run_time=2.2))
        self.afterwards(lambda: self.coming(FadeOut(*dials, *hands, run_time=0.4)))

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
                lambda alpha: moves(max(0.0, alpha - begin) / (1 - begin)),
                rate_func=linear,
                run_time=run_time + FRAMES_GONE,
            )
        )
        self.remove(*copies)
        if not self.digits:
            self.show_scale(self.head_shown.dot_product, self.head_shown.dots)

    # --- moves the beats share ---

    def take_places_on_top(self) -> None:
        """The words of the sentence go to their places over the grid."""
        grid = self.grid
        boxes = {group: box for group, box in grid.over.items() if group[0] != self.reading.rest}
        words = [self.written[group] for group in boxes]
        blocks = [words for group, words in self.written.items() if group not in boxes]
        moves = [half_there([w], becoming(w, box.label)) for w, box in zip(words, boxes.values(), strict=True)]
        if blocks:
            self.coming(FadeOut(*blocks, run_time=0.4))
        self.play(change(words, staggered(moves, 0.01), rate_func=linear, run_time=1.4))
        self.remove(*words)
        self.add(*[box.label for box in boxes.values()])
        rest = [box for group, box in grid.over.items() if group[0] == self.reading.rest]
        fading = [FadeIn(box.box, run_time=0.6) for box in boxes.values()]
        self.play(*fading, *[FadeIn(box, run_time=0.6) for box in rest])
        self.remove(*[box.label for box in boxes.values()])
        self.add(*grid.over.values())

    def come_beside(self, from_above: bool = True) -> None:
        """Each word comes down to its own row, from its place on top or from below what stands there, then goes left
        along it, so that none crosses another; what is folded comes there."""
        grid = self.grid
        dropping, sliding = [], []
        for group, box in grid.beside.items():
            if group not in grid.over:
                continue
            home = box.get_center()
            column, over = grid.over[group].get_center()[:2]
            if self.layout.turned:  # there is no room to come down side by side
                column, over = home[0] + 0.4, home[1]
            elif not from_above:
                over = max(self.layout.ys.values())
            box.move_to((column, over, 0))
            levels([box], 0.0)(1.0)
            dropping.append(together(shifting([box], (0, home[1] - over, 0)), levels([box], 1.0)))
            sliding.append(shifting([box], (home[0] - column, 0, 0)))
        copies = [box for group, box in grid.beside.items() if group in grid.over]
        blocks = [box for group, box in grid.beside.items() if group not in grid.over]
        self.play(change(copies, staggered(reversed(dropping), 0.05), rate_func=linear, run_time=1.1))
        if blocks:
            self.coming(FadeIn(*blocks, run_time=1.1, rate_func=late))
        self.play(change(copies, staggered(sliding, 0.05), rate_func=linear, run_time=1.1))

    def stand_vectors(self, over: bool) -> None:
        """Every word's E, an arrow from the word."""
        grid = self.grid
        arrows = grid.arrows_over if over else grid.arrows_beside
        symbols = grid.embeddings_over if over else grid.embeddings_beside
        if symbols:
            each = [AnimationGroup(GrowArrow(arrows[i].submobjects[0]), FadeIn(symbols[i])) for i in symbols]
            self.play(LaggedStart(*each, lag_ratio=0.06, run_time=1.2))

    def make(self, over: bool, made: int | None = None) -> None:
        """Every word's arrow through a matrix, and at its end what the matrix makes, which for one token may be there
        already; the matrix is named once."""
        grid = self.grid
        arrows = grid.arrows_over if over else grid.arrows_beside
        symbols = grid.queries if over else grid.keys
        label = self.matrix_label(over)
        grown = [GrowArrow(each.submobjects[-1]) for each in arrows.values()]
        new = [FadeIn(symbol, scale=0.7) for i, symbol in symbols.items() if i != made]
        plays = [LaggedStart(*some, lag_ratio=0.06, run_time=time) for some, time in ((grown, 1.4), (new, 1.8)) if some]
        self.play(FadeIn(label, run_time=0.5), *plays)
        self.afterwards(lambda: self.coming(FadeOut(label, run_time=0.4)))

    def matrix_label(self, over: bool) -> Formula:
        """The name of the matrix that makes queries, before their arrows, or of that which makes keys, over theirs."""
        grid, plan = self.grid, self.layout
        label = Formula("W_Q" if over else "W_K", 32, self.style.query if over else self.style.key)
        x, y, _ = (grid.arrows_over if over else grid.arrows_beside)[grid.columns[0]][-1].get_center()
        if not over:
            return label.move_to((x, plan.top + 0.12 + label.height / 2, 0))
        label.move_to((min(plan.xs.values()) - 0.28 - label.width / 2, y, 0))
        counter = self.counter
        if label.get_left()[0] < counter.get_right()[0] + 0.1:  # it stands under the counter, not on it
            label.shift(DOWN * max(0.0, label.get_top()[1] - counter.get_bottom()[1] + 0.1))
        return label

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
        color = self.style.quiet if self.grid.is_quiet(j) else self.grid.ink(j)
        dot = Dot(weight, self.grid.at(i, j), self.layout.largest_dot, ManimColor(color))
        dot.grow(0.0, 0.0 if at_once else 1.0)
        self.dots[i, j] = dot
        return dot

    # --- scales ---

    scale_shown: Sequence[VMobject] = ()

    def show_scale(self, quantity: Callable[[int, int], Quantity], array: np.ndarray) -> None:
        """What the colours of patches mean: the lowest and the highest score, each in its colour."""
        seen, tokens = self.head_shown.of_the_shown(array), self.grid.columns
        ends = [np.unravel_index(f(seen), seen.shape) for f in (np.argmin, np.argmax)]
        found, scale = [quantity(tokens[int(i)], tokens[int(j)]) for i, j in ends], float(np.abs(seen).max())
        at = self.counter.get_left()[0], self.counter.get_bottom()[1] - 0.36
        parts = self.scale_from(at, self.layout.xs[tokens[0]] - self.layout.box / 2 - 0.05, found, scale)
        if self.meets_the_margins(parts):  # under all rows, left of where a table of softmax has its sums
            y = min(self.layout.sum_y, min(m.get_bottom()[1] for m in self.grid.margins()) - 0.13)
            parts = self.scale_from((self.screen.left, y), self.screen.right, found, scale)
        old, self.scale_shown = self.scale_shown, [parts]
        self.play(*[FadeOut(m, run_time=0.3) for m in old], FadeIn(parts, run_time=0.7, rate_func=late))

    def scale_from(self, at: tuple[float, float], room: float, ends: Sequence[Quantity], scale: float) -> VGroup:
        """The ends of a scale from a place on, as far to the right as there is room, and then under each other."""
        (left, y), parts = at, VGroup()
        x = left
        for end in ends:
            pair = self.scale_end(end, x, y, scale)
            if x > left and pair.get_right()[0] > room:
                pair = self.scale_end(end, left, y - 0.3, scale)
            x = pair.get_right()[0] + 0.18
            parts.add(*pair)
        return parts

    def meets_the_margins(self, mobject: Mobject) -> bool:
        """Whether it lies on what stands over or before the grid."""
        return any(overlap(mobject, m) for m in self.grid.margins())

    def scale_end(self, found: Quantity, x: float, y: float, scale: float) -> VGroup:
        """A score beside its colour, from x on."""
        patch = Patch(found, (x + 0.1, y), (0.21, 0.21), scale, self.style)
        return VGroup(patch, Words.of([found], style.ENTRY_SMALLEST, self.style.text).centre(x + 0.28, y, side=-1))

    def dot_scale(self) -> VGroup:
        """What the area of a dot means."""
        plan = self.layout
        y = self.counter.get_bottom()[1] - 0.18 - max(plan.largest_dot, 0.12)
        scale = self.dot_scale_from(self.counter.get_left()[0], y)
        # Where there is no room in the corner, it stands under the grid.
        has_room = y - plan.largest_dot >= max(plan.ys.values()) + plan.box / 2 + 0.05
        has_room |= scale.get_right()[0] < min(m.get_left()[0] for m in self.grid.margins())
        if has_room and not self.meets_the_margins(scale):
            return scale
        return self.dot_scale_from(plan.left, plan.sum_y)

    def dot_scale_from(self, x: float, y: float) -> VGroup:
        plan, parts = self.layout, VGroup()
        for share, name in ((1.0, "all"), (0.5, "half")):
            radius = plan.largest_dot * share**0.5
            key = Circle(radius=radius, stroke_width=0, fill_opacity=1, color=self.style.quiet)
            key.move_to((x + radius, y, 0))
            word = Words(name, 26, self.style.text).centre(key.get_right()[0] + 0.1, y, side=-1)
            x = word.get_right()[0] + 0.25
            parts.add(key, word)
        return parts


def turning(hand: Line, center: np.ndarray, angle: float) -> Callable[[float], None]:
    """A step that turns a hand clockwise, from upright by an angle."""
    start = hand.points - center

    def step(alpha: float) -> None:
        c, s = np.cos(angle * alpha), np.sin(angle * alpha)
        hand.points = start @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) + center

    return step


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
    flying, showing = together(*flights), levels(marks, 1.0)
    glyphs = [glyph for symbol in symbols for glyph in symbol.get_family() if len(glyph.points)]
    for glyph in glyphs:
        set_level(glyph, 0.0)

    def step(alpha: float) -> None:
        flying(min(alpha / 0.75, 1.0))
        # Half there on their way, so that what stands in it can be read.
        level = float(np.interp(alpha, [0, 0.12, 0.45, 0.65], [0, HALF, HALF, 0]))
        for glyph in glyphs:
            set_level(glyph, level)
        showing(float(np.clip((alpha - 0.75) / 0.25, 0, 1)))

    return step
