"""What scenes on the attention grid share: the sentence takes its place over it and beside it, and every word makes its
query and its key."""

from typing import Any

from manim import (
    DOWN,
    Animation,
    AnimationGroup,
    FadeIn,
    FadeOut,
    GrowArrow,
    LaggedStart,
    ManimColor,
    linear,
)

from soakup.drawing.numbers import text_width
from soakup.scenes.attention_grid import AttentionGrid
from soakup.scenes.errors import SceneError
from soakup.scenes.formula import Formula
from soakup.scenes.head_scene import HeadScene
from soakup.scenes.marks import Dot
from soakup.scenes.motion import becoming, change, half_there, levels, shifting, staggered, together
from soakup.scenes.overlap import overlap
from soakup.scenes.scene import late
from soakup.scenes.tokens import TokenBox

NEARLY = 0.1  # how far from one line two texts beside each other are that look as if they should stand on it


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
        self.grid = grid = AttentionGrid(self.reading, self.entry_width, self.style, bare=not with_scores)
        self.layout = grid.plan
        self.digits = self.layout.entry_size is not None
        self.marks: dict[tuple[int, int], Any] = {}  # by query and key: an Entry where there are digits, else a Patch
        self.dots: dict[tuple[int, int], Dot] = {}

    def entry_width(self, size: int) -> float:
        shown = self.head_shown
        arrays = [shown.of_the_shown(array) for array in (shown.dots, shown.scores)]
        texts = [shown.widest(array, shown.score_format) for array in arrays] + ["0.00"]
        return max(text_width(text, size) for text in texts)

    def count_head(self) -> None:
        """So that a word beside the counter's last line, nearly on one line with it, is on that line."""
        super().count_head()
        last = self.counter[-1]
        labels = [box.label for box in self.grid.over.values() if isinstance(box, TokenBox)]
        apart = min((label.baseline - last.baseline for label in labels), key=abs)
        if abs(apart) < NEARLY and self.counter.get_top()[1] + apart <= self.screen.top:
            self.counter.shift((0, apart, 0))

    # --- beats ---

    def every_word_twice(self) -> None:
        """The sentence is written, then stands along the top and down the left; what is folded, only there."""
        self.write_sentence(self.layout.label_size)
        self.say("In attention, each word looks for the words that matter")
        self.count_head()
        self.take_places_on_top()
        self.come_beside()

    def make_queries(self) -> None:
        what = "word’s vector E" if self.grid.embeddings_over else "word"
        self.say(f"A matrix makes of each {what} a query: what it looks for")
        self.stand_vectors(over=True)
        self.make(over=True)

    def make_keys(self) -> None:
        self.say("Another matrix makes a key: what it can be found by")
        self.stand_vectors(over=False)
        self.coming(FadeIn(self.grid.lines, run_time=1.2))
        self.make(over=False)

    def dot_color(self, j: int) -> ManimColor:
        """Of a dot for what is given to key j: its word's ink, or grey for the rest and for what stands folded."""
        return ManimColor(self.style.quiet) if self.grid.is_quiet(j) else self.grid.ink(j)

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
            if self.layout.turned[group[0]] or not self.layout.level:  # no room, or no clear way
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
        self.play(self.naming(label), *plays)
        self.afterwards(lambda: self.coming(FadeOut(label, run_time=0.4)))

    def naming(self, label: Formula) -> Animation:
        """The name of a matrix comes to the arrows that it is, once that of another has gone."""
        return FadeIn(label, run_time=0.9, rate_func=late)

    def matrix_label(self, over: bool) -> Formula:
        """The name of the matrix that makes queries, before their arrows, or of that which makes keys, over theirs."""
        grid, plan = self.grid, self.layout
        label = Formula("W_Q" if over else "W_K", 32, self.style.query if over else self.style.key)
        x, y, _ = (grid.arrows_over if over else grid.arrows_beside)[grid.columns[0]][-1].get_center()
        if not over:
            label.move_to((x, plan.top + 0.12 + label.height / 2, 0))
            met = [box for box in grid.over.values() if overlap(label, box, gap=(0.05, 0.05))]
            return label.shift((min([0.0, *[box.get_left()[0] - 0.06 - label.get_right()[0] for box in met]]), 0, 0))
        label.move_to((min(plan.xs.values()) - 0.28 - label.width / 2, y, 0))
        counter = self.counter
        if label.get_left()[0] < counter.get_right()[0] + 0.1:  # it stands under the counter, not on it
            label.shift(DOWN * max(0.0, label.get_top()[1] - counter.get_bottom()[1] + 0.1))
        for box in grid.over.values():  # nor on a wide box
            if overlap(label, box, gap=(0.05, 0.05)):
                label.shift(DOWN * (label.get_top()[1] - box.get_bottom()[1] + 0.06))
        return label
