"""The patterns of a layer's heads as cards: behind each other, then side by side, each with what it looks at for the
word that is followed, and with what findings call it where they call it anything.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from manim import FadeIn, FadeOut, LaggedStart, Rectangle, VGroup, linear, smooth

from soakup.drawing.numbers import Change
from soakup.drawing.space import Space
from soakup.model import derived, findings
from soakup.scenes import style
from soakup.scenes.attention_grid import AttentionGrid
from soakup.scenes.cards import Card, card_size, places, scale_on, slots
from soakup.scenes.grid_scene import GridScene
from soakup.scenes.motion import becoming, change, during, levels, together
from soakup.scenes.one_head import OneHead
from soakup.scenes.quantity import Quantity
from soakup.scenes.row_names import names_before
from soakup.scenes.sources import HEADER
from soakup.scenes.words import Words, line_width, written

if TYPE_CHECKING:
    from soakup.model.heads import Habits

MOST = 12  # cards shown (captions call them a dozen); of more heads, the followed and those whose share is largest
THETA, PHI, APART = -0.95, 0.2, 2.2  # how the cards in depth are seen, and how far behind each other they stand
FARTHEST = 11.0  # how far back the last of them may stand
NEARER = 1.15  # how much further the cards turn while they are looked at
PILED, DEALT = 0.4, 0.4  # of the time in which they come side by side: to lie on each other, and for each to go there
VEIL = 0.5  # over what is not looked at of a card
NOTE = 24
LETTERS = 26, NOTE, style.ENTRY_SMALLEST  # of the labels, all of one size
LINE = 0.34  # of a label
LABELS = 1.04, 1.38  # room under a card, for a label of two lines or of three; most of it is over the next card
CORNER, CORNER_LINE = 2.6, 0.55  # how wide what says which layer it is may be at the top left, and its one line
Place = Sequence[float] | np.ndarray
UPRIGHT = 1.25  # how high a cell may be, in its widths
NAMED = 0.32  # height of a row with room for a name before it
HABITS = ("previous token", "duplicate token", "induction", "positional")  # findings of what a head always does


class HeadCards(GridScene):
    """All heads of one layer, and whom the followed word looks at in each."""

    def choose_cards(self) -> None:
        """Which heads have a card, the followed one first, and where the cards stand side by side."""
        layer, heads, plan = self.look.layer, self.trace.model.heads, self.layout
        shown = self.reading.words
        self.findings = {h: findings.of_head(self.trace, layer, h, self.habits(), shown) for h in range(heads)}
        worth = sorted(range(heads), key=lambda h: (h != self.look.head, -self.worth(h)))
        self.carded = sorted(worth[:MOST])
        self.under_words = plan.under_words - 0.15
        self.over_caption = self.screen.floor
        self.own_box = self.followed_box(self.screen.top)
        if self.own_box.get_left()[0] < self.screen.left + CORNER:
            self.own_box.shift((0, -CORNER_LINE, 0))
        self.under_own = float(self.own_box.get_bottom()[1]) - 0.15
        room = self.screen.room, self.under_own - self.over_caption
        self.card_grid = self.new_card_grid()
        size = card_size(self.card_grid.plan)
        for under in LABELS:
            self.in_a_row, self.card_scale = slots(len(self.carded), size, room, under)
            self.lines_under = int(under / LINE) - 1
            if all(self.has_room(line) for h in self.carded for line in self.said_of(h)):
                break
        lines = [line for h in self.carded for line in (self.called(h), *self.said_of(h))]
        self.label_size = next((s for s in LETTERS if all(self.has_room(line, s) for line in lines)), LETTERS[-1])
        middle = (self.under_own + self.over_caption) / 2
        step = size[0] * self.card_scale + 0.3, size[1] * self.card_scale + under
        self.slots = {
            h: (x * step[0], middle + under / 2 - y * step[1])
            for h, (x, y) in zip(self.carded, places(len(self.carded), self.in_a_row), strict=True)
        }

    def new_card_grid(self) -> AttentionGrid:
        """The grid of the cards, whose columns stand under the words, and all of it under what the corner names; its
        rows have all the height there is, up to cells a little higher than wide, since no keys stand beside it and the
        cards will be small; or up to where names before them have room."""
        plan, T = self.layout, len(self.layout.ys)
        top = min(self.under_words - 0.15, self.screen.top - HEADER)
        room = top - self.over_caption - 0.25
        height = min(room / T, max(UPRIGHT * plan.cell[0], min(plan.cell[1], NAMED)))
        ys = {j: top - (n + 0.5) * height for n, j in enumerate(plan.ys)}
        taller = replace(plan, ys=ys, cell=(plan.cell[0], height))
        return AttentionGrid(self.reading, self.entry_width, self.style, taller)

    def habits(self) -> "Habits | None":
        """What the model's heads usually do, where the model can be asked."""
        if not self.trace.has_weights:
            return None
        from soakup.model import heads

        return heads.habits(self.trace.opened_model)

    def worth(self, head: int) -> float:
        found = self.findings[head]
        return found.value if found else 0.0

    # --- beats ---

    def one_head(self) -> None:
        """The pattern of the followed head, under the words that ask, and in it the followed word's column."""
        self.write_sentence(self.layout.label_size)
        self.say("A column of dots for each word. ", *self.look_in_words())
        self.count_head()
        self.take_places_on_top()
        plan = self.card_grid.plan
        names = self.row_names = names_before(self.card_grid, plan.left - 0.12, self.screen.left)
        self.coming(*[FadeIn(name, run_time=0.8) for name in names])
        scale = scale_on(self.card_grid, self.head_shown, self.i, self.style)
        self.coming(*[FadeIn(part, run_time=0.8) for part in scale])
        self.deal_cards()
        frame = Rectangle(width=plan.cell[0], height=plan.top - plan.bottom).set_stroke(self.style.query, width=3)
        frame.move_to((plan.xs[self.i], (plan.top + plan.bottom) / 2, 0)).set_z_index(1)
        self.play(FadeIn(frame, run_time=0.6))
        self.afterwards(lambda: self.coming(*[FadeOut(m, run_time=0.5) for m in (*names, *scale, frame)]))

    def heads_in_depth(self) -> None:
        """The camera turns, and behind the first card stand those of the other heads."""
        self.say_how_many_heads()
        if len(self.cards) == 1:
            return
        behind = self.cards[1:]
        self.play(
            FadeOut(self.counter[1], run_time=0.5),
            Change(self.space, together(self.turning(0.0, 1.0), levels(behind, 1.0)), rate_func=smooth, run_time=2.2),
        )
        self.play(Change(self.space, self.turning(1.0, NEARER), rate_func=linear, run_time=1.2))

    def say_how_many_heads(self) -> None:
        count = self.reading.count
        layer, heads = count(f"layer[{self.look.layer}]"), count("count.heads")
        left = self.trace.model.heads - len(self.carded)
        if self.trace.model.heads == 1:
            self.say("Layer ", layer, " has this one head")
        elif left:
            hidden = Quantity("derived", f"heads_beyond({len(self.carded)})[0]", left, ",d")
            more = " more is not shown" if left == 1 else " more are not shown"
            self.say("Layer ", layer, " has ", heads, " heads: here the dozen that stand out most; ", hidden, more)
        else:
            of_its_own = "" if self.screen.narrow else ", each with matrices of its own"
            self.say("Layer ", layer, " has ", heads, f" heads{of_its_own}: ", heads, " questions at once")

    def side_by_side(self) -> None:
        """The cards come side by side under the followed word alone, and in each that word's column is framed, and whom
        it looks at most is said under it."""
        if len(self.cards) == 1:
            self.say("Where ", *self.whose(self.i), " looks most in it")
        else:
            self.say("Where ", *self.whose(self.i), " looks most, in each head")
        own = self.grid.box_over(self.i)
        others = [box for box in self.grid.over.values() if box is not own]
        if others:
            self.coming(FadeOut(*others, run_time=0.6))
        self.coming(change([own], during(0.45, 1.0, becoming(own, self.own_box)), run_time=1.6))
        self.play(Change(self.space, self.laying_out(), rate_func=linear, run_time=1.9))
        self.labels = [self.label(h) for h in self.carded]
        self.frames = [self.frame_in(h) for h in self.carded]
        each = [FadeIn(VGroup(frame, label)) for frame, label in zip(self.frames, self.labels, strict=True)]
        self.play(LaggedStart(*each, lag_ratio=0.25, run_time=1.8))
        self.hold_at_end(1.4)

    # --- the cards ---

    def deal_cards(self, **how: Any) -> None:
        """The followed head's card where its grid is, and the others behind it."""
        layer = self.look.layer
        behind = [h for h in self.carded if h != self.look.head]
        self.order = [self.look.head, *behind]
        self.cards = [Card(OneHead(self.reading, layer, h), self.card_grid, self.style) for h in self.order]
        self.cards[0].ground.set_stroke(self.style.head_update)  # to be found again among the others
        self.play(FadeIn(self.cards[0], **({"run_time": 0.8} | how)))
        plan = self.card_grid.plan
        self.center = np.array([(plan.left + plan.right) / 2, (plan.top + plan.bottom) / 2])
        self.remove(self.cards[0])
        self.space = Space(*self.cards)
        self.step_back = min(APART, FARTHEST / max(len(self.cards) - 1, 1))
        self.back = next(back for back in range(100) if self.fits(float(back)))
        self.space.place(self.shifts_in_depth(0.0), 0.0, 0.0)
        levels(self.cards[1:], 0.0)(1.0)
        self.add(self.space)

    def shifts_in_depth(self, share: float) -> np.ndarray:
        """Where the cards stand behind each other, at a share of the way to there."""
        n = np.arange(len(self.cards))
        shifts = np.zeros((len(n), 3))
        middle = np.array([0.0, (self.under_words + self.over_caption) / 2])
        shifts[:, :2] = (middle - self.center) * share
        shifts[:, 2] = ((len(n) - 1) / 2 * share - n * max(share, 0.02)) * self.step_back
        return shifts

    def fits(self, back: float) -> bool:
        """Whether all cards in depth stand between the words and the caption, seen from so far back."""
        wide = self.screen.right
        for share in (0.25, 0.5, 0.75, 1.0, NEARER):  # and on the way there
            self.look_from(share, back)
            corners = np.concatenate([card.ground.points for card in self.cards])
            (left, bottom), (right, top) = corners[:, :2].min(axis=0), corners[:, :2].max(axis=0)
            if left < -wide or right > wide or bottom < self.over_caption or top > self.under_words:
                return False
        return True

    def turning(self, start: float, end: float) -> Callable[[float], None]:
        """A step in which the cards are seen more and more from the side."""

        return lambda alpha: self.look_from(start + (end - start) * alpha, self.back)

    def look_from(self, share: float, back: float) -> None:
        """See the cards in depth, at a share of the way to there, and then from so far back."""
        there = min(share, 1.0)
        self.space.place(self.shifts_in_depth(there), THETA * share, PHI * share, back * there)

    def laying_out(self) -> Callable[[float], None]:
        """A step in which the cards turn to lie on each other, as far away as makes them fit side by side, and then go
        there one after another, the first one first, so that none passes through another."""
        theta, phi = self.space.theta, self.space.phi
        start, (end, back) = self.shifts_in_depth(1.0), self.lying_flat(self.slots, self.card_scale)
        middle = np.mean([self.slots[h] for h in self.order], axis=0)
        pile, _ = self.lying_flat(dict.fromkeys(self.order, middle), self.card_scale)
        n = np.arange(len(self.order))
        pile[:, 2], end[:, 2] = -0.01 * n, -0.001 * n  # the first one on top
        begins = PILED * 0.7 + (1 - PILED * 0.7 - DEALT) * n / max(len(n) - 1, 1)

        def step(alpha: float) -> None:
            piled = smooth(min(alpha / PILED, 1.0))
            dealt = np.array([smooth(float(np.clip((alpha - begin) / DEALT, 0, 1))) for begin in begins])
            here = start + (pile - start) * piled + (end - pile) * dealt[:, np.newaxis]
            self.space.place(here, theta * (1 - piled), phi * (1 - piled), self.back + (back - self.back) * piled)

        return step

    def lying_flat(self, slots: Mapping[int, Place], scale: float) -> tuple[np.ndarray, float]:
        """Where in the space (n, 3) cards lie whose middles are seen at some places, by head, and how far back it is
        for them to be as large as that."""
        shifts = np.array([[*(np.array(slots[h]) / scale - self.center), 0.0] for h in self.order])
        return shifts, self.space.distance * (1 / scale - 1)

    def lining_up(self, slots: Mapping[int, Place], room: tuple[float, float]) -> Callable[[float], None]:
        """A step in which cards that lie flat go to other places, by head, no wider and no higher there than that, with
        what frames a column of each: first sideways and then up or down, so that none crosses another."""
        width, height = card_size(self.card_grid.plan)
        smaller = min(room[0] / width, room[1] / height, self.card_scale)
        starts = {h: np.array(self.slots[h]) for h in self.order}
        ways = {h: np.array(slots[h]) - starts[h] for h in self.order}
        framing = [
            (part, part.points - [*starts[h], 0.0], h)
            for h, frame in zip(self.carded, self.frames, strict=True)
            for part in frame
        ]

        def step(alpha: float) -> None:
            less, *there = (
                np.interp(alpha, [0, 0.5], [0, 1]),
                np.interp(alpha, [0, 0.65], [0, 1]),
                max(2 * alpha - 1, 0),
            )
            here = {h: starts[h] + ways[h] * there for h in self.order}
            scale = self.card_scale + (smaller - self.card_scale) * less
            shifts, back = self.lying_flat(here, scale)
            self.space.place(shifts, 0.0, 0.0, back)
            for part, home, h in framing:
                part.points = home * scale / self.card_scale + [*here[h], 0.0]

        return step

    def frame_in(self, head: int) -> VGroup:
        """A frame round the followed word's column of a card that lies flat, and veils over the other columns."""
        plan, scale, (x, y) = self.card_grid.plan, self.card_scale, self.slots[head]
        width, height = plan.cell[0] * scale + 0.06, card_size(plan)[1] * scale + 0.06
        frame = Rectangle(width=width, height=height).set_stroke(self.style.query, width=2).set_z_index(1)
        frame.move_to((x + (plan.xs[self.i] - self.center[0]) * scale, y, 0))
        edge = card_size(plan)[0] * scale / 2 - 0.02
        sides = (x - edge, frame.get_left()[0]), (frame.get_right()[0], x + edge)
        veils = [
            Rectangle(width=right - left, height=height - 0.08, stroke_width=0).move_to(((left + right) / 2, y, 0))
            for left, right in sides
            if right - left > 0.01
        ]
        return VGroup(*[veil.set_fill(self.style.ground, opacity=VEIL).set_z_index(1) for veil in veils], frame)

    def label(self, head: int) -> VGroup:
        """What a head is called, and whom the followed word looks at in it, under its card."""
        x, y = self.slots[head]
        bottom = y - card_size(self.card_grid.plan)[1] * self.card_scale / 2
        color = self.style.head_update if head == self.look.head else self.style.text
        lines = [self.called(head), *self.said_of(head)]
        words = [Words.of(parts, self.label_size, color) for parts in lines]
        return VGroup(*[line.stand(x, bottom - 0.34 - LINE * n) for n, line in enumerate(words)])

    def has_room(self, line: Sequence[str | Quantity], size: int = style.ENTRY_SMALLEST) -> bool:
        """Whether a line of a label is no wider than the card over it, or hardly."""
        plan = self.card_grid.plan
        return line_width(written(line), size) <= (plan.right - plan.left) * self.card_scale + 0.2

    def called(self, head: int) -> list[str | Quantity]:
        """A head's number, and what it is called where that is known and there is room."""
        number: list[str | Quantity] = ["head ", self.reading.count(f"head[{head}]")]
        found = self.findings[head]
        longer = [*number, ": ", found.kind] if found is not None and found.kind in HABITS else number
        return longer if self.has_room(longer) else number

    def said_of(self, head: int) -> list[list[str | Quantity]]:
        """To which word the followed one gives most of its attention, or to what stands folded where that gets more,
        and how much that is: in one line, or, where there is room for two, in two; where the word is too long even for
        that, only how much."""
        reading, layer = self.reading, self.look.layer
        weights = derived.word_attention(self.trace, layer)[head, self.i]
        w = max(reading.words, key=lambda each: float(weights[each]))
        name = "itself" if w == reading.word_of[self.i] else reading.word(w)
        word: list[str | Quantity] = [name] if isinstance(name, str) else ["“", name, "”"]
        share = reading.word_attention(layer, head, self.i, w)
        shown = OneHead(reading, layer, head)
        for first in reading.runs:
            folded = shown.weight(self.i, first, "percent", "attention")
            if float(folded.value) > float(share.value):
                word, share = reading.label((first,)), folded
        if self.lines_under <= 2:
            return [[*word, " ", share]]
        return [word, [share]] if self.has_room(word) else [[share]]
