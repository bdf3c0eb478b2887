"""One word of the flagship by itself: what it soaked up in the end, and what the last one says comes next."""

from collections.abc import Collection, Sequence

from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Arrow,
    FadeIn,
    FadeOut,
    GrowFromEdge,
    LaggedStart,
    Mobject,
    Transform,
    VGroup,
)

from soakup.scenes import style
from soakup.scenes.alone import Alone, AlonePlan, plan_alone
from soakup.scenes.bars import Bar, bar_rows
from soakup.scenes.formula import Formula
from soakup.scenes.layer_words import mixture_in_words, said_in_the_end, unsaid_in_the_end
from soakup.scenes.motion import change, during, going, gone_by, levels, shifting, together
from soakup.scenes.sentence_scene import SentenceScene
from soakup.scenes.turn import Turn
from soakup.scenes.words import Words

NOTE = 26  # font size of small labels
MOST_HELD = 5  # words that a bar names of those a word holds


class OneWord(SentenceScene):
    """Beats in which one word stands at the side."""

    alone: Alone | None = None

    def what_one_word_soaked_up(self) -> None:
        """The followed word by itself, before and after, and the shares it is made of."""
        i, layers, sentence = self.followed, self.reading.layers, self.sentence
        self.say(*mixture_in_words(self.reading, self.reading.layers, i))
        self.coming(FadeOut(VGroup(*self.marks.shown), run_time=0.4))
        places = plan_alone(self.screen, sentence)
        self.leave_only(i)
        self.set_aside(i, places.x, places.x + places.half)
        tint, before = self.alone.copy_of(0, places.x - places.half)
        before.brackets.set_stroke(sentence.ink_color(0, i))
        notes = VGroup(
            Words("before", NOTE, self.style.text).stand(places.x - places.half, self.alone.under - 0.36),
            Words("after", NOTE, self.style.text).stand(places.x + places.half, self.alone.under - 0.36),
        )
        for note in notes:  # a narrow column's may be wider than it
            note.shift(RIGHT * max(self.screen.left - note.get_left()[0], 0.0))

        held = self.reading.largest(layers, i, most=MOST_HELD, least=0.02)
        held.sort(key=self.alone.bar.order.index)  # so that none passes another as the bar unfolds
        shares = [
            ([self.reading.word(w)], self.reading.ink(layers, i, w), style.to_color(sentence.inks[w])) for w in held
        ]
        beyond = self.reading.beyond(layers, i, len(held))
        if beyond.value >= 0.005:
            shares.append((["others"], beyond, self.style.others))
        rows = bar_rows(shares, places.rows_left, places.rows_right, places.rows_top, self.style, places.step)
        turn = self.turn_of(i, places, rows)
        bar = self.alone.bar
        middle, width = (places.rows_left + places.rows_right) / 2, places.rows_right - places.rows_left - 1.0
        unfolding = bar.moving_to(middle, places.rows_top + 0.5, width, 0.4, sideways=0.6)  # not over the numbers
        self.play(
            FadeIn(tint, before, shift=LEFT * 0.4, run_time=1.2),
            FadeIn(notes, run_time=1.2),
            change([bar], unfolding, run_time=1.2),
        )
        pieces = [bar.pieces[w].copy() for w in held] + [bar.others.copy()] * (len(rows) - len(held))
        for piece, row in zip(pieces, rows, strict=True):
            piece.quantities = row.bar.quantities
        falling = [
            LaggedStart(Transform(piece, row.bar), FadeIn(row.label, row.share), lag_ratio=0.6)
            for piece, row in zip(pieces, rows, strict=True)
        ]
        self.play(  # the lowest first, so that none falls over what is written beside another
            LaggedStart(*reversed(falling), lag_ratio=0.3, run_time=2.6),
            change([bar], levels([bar], 0.0), run_time=1.0),
        )
        self.play(FadeIn(turn.before, turn.after, run_time=0.4))
        self.play(change([turn.after, turn.bend], turn.turning(), run_time=1.0), FadeIn(turn.note, run_time=1.0))
        self.hold_at_end(1.8)
        gone = [tint, before, notes, turn, *pieces, *(m for row in rows for m in (row.label, row.share))]
        self.afterwards(lambda: self.coming(FadeOut(VGroup(*gone), run_time=0.5)))

    def turn_of(self, i: int, places: AlonePlan, rows: Sequence[Bar]) -> Turn:
        """By how much token i's vector has turned, under the bars or beside the columns, in the colours of both."""
        colors = self.sentence.ink_color(0, i), self.sentence.ink_color(self.reading.layers, i)
        x, y = places.turn_at
        if places.upright:
            turn = Turn(self.reading.turned(i), places.turn, colors, self.style, under=True)
            return turn.shift((x - turn.middle, y, 0))
        room = rows[-1].bar.get_bottom()[1] - 0.3 - y
        turn = Turn(self.reading.turned(i), min(places.turn, room), colors, self.style, under=False)
        return turn.shift((min(rows[0].bar.get_left()[0], x - turn.note.get_right()[0]), y, 0))

    def what_comes_next(self) -> None:
        """The last vector, and what it says comes next: the guess, and beside it what else may."""
        i, guess = self.tokens[-1], self.marks.guess
        self.say("The last vector scores every piece that may come next")
        places = plan_alone(self.screen, self.sentence)
        arrow, signs, rows_left = self.to_what_comes_next(places)
        if i != self.followed:
            self.coming(*([FadeIn(guess, run_time=0.8)] if guess else []))
            self.back_in_the_row(bright=[i])
            self.leave_only(i)
        if guess:
            x = 0.0 if places.upright else rows_left + guess.width / 2
            there = shifting([guess], (x - guess.get_x(), places.rows_top - guess.get_y(), 0))
            if i == self.followed:
                there(1.0)
            # (It waits until the column has passed by.)
            self.coming(FadeIn(guess) if i == self.followed else change([guess], during(0.4, 1.0, there), run_time=1.4))
        self.set_aside(i, places.left, places.left)
        likely = said_in_the_end(self.reading)
        chances = [(["“", text, "”"], p, style.probability_color(p.value, self.style)) for text, p in likely]
        if others := unsaid_in_the_end(self.reading):
            chances.append((["others"], others, self.style.others))
        rows = bar_rows(chances, rows_left, places.rows_right, places.rows_top, self.style, places.step)
        self.play(FadeIn(VGroup(arrow, *signs), shift=DOWN * 0.3 if places.upright else RIGHT * 0.3, run_time=0.6))
        self.hold()
        self.say("Softmax turns the scores into chances")
        shown = self.hand_over(guess, rows[0]) if guess else []
        coming = rows[1:] if guess else rows
        self.play(LaggedStart(*[FadeIn(row, shift=DOWN * 0.2) for row in coming], lag_ratio=0.15, run_time=1.6))
        self.hold_at_end(2.0)
        self.afterwards(lambda: self.coming(FadeOut(VGroup(arrow, *signs, *shown, *coming), run_time=0.5)))

    def to_what_comes_next(self, places: AlonePlan) -> tuple[Arrow, Sequence[Mobject], float]:
        """An arrow from the last vector to the bars, what is written along it, and how far to the left these may be."""
        name, note = Formula("W_U", 40, self.style.text), Words("softmax", NOTE, self.style.text)
        if places.upright:
            end = places.rows_top + 0.4
            arrow = Arrow((0, end + places.arrow, 0), (0, end, 0), buff=0, stroke_width=3)
            name.next_to(arrow, LEFT, buff=0.15)
            note.centre(0.15, arrow.get_center()[1], side=-1)
            left = places.rows_left
        else:
            start = places.left + places.width / 2 + 0.2
            arrow = Arrow((start, places.middle, 0), (start + places.arrow, places.middle, 0), buff=0, stroke_width=3)
            name.next_to(arrow, UP, buff=0.15)
            note.stand(arrow.get_center()[0], places.middle - 0.4)
            left = start + places.arrow + 0.3
        return arrow.set_color(self.style.quiet), (name, note), left

    def hand_over(self, guess: Words, row: Bar) -> list[Mobject]:
        """The guess becomes the first bar's name and number."""
        head, name, share = self.marks.parts_of(guess)
        self.remove(guess)
        self.marks.guess = None
        moves = [
            going(part, home.get_center(), home.size / part.size)
            for part, home in ((name, row.label), (share, row.share))
        ]
        self.play(FadeOut(head, run_time=0.3), change([name, share], together(*moves), run_time=0.8))
        self.play(GrowFromEdge(row.bar, LEFT, run_time=0.6))
        return [name, share, row.bar]

    def leave_only(self, i: int) -> None:
        """Fade everything but token i."""
        stack = self.sentence.stacks[i]
        kept = [stack.box, stack.panel, stack.column, stack.bar]
        leaving = [m for m in self.row if m not in kept]
        self.play(change(leaving, levels(leaving, 0.0), run_time=0.6))

    def back_in_the_row(self, bright: Collection[int] | None = None) -> None:
        """What was set aside goes home, and all words are there again, dimmed where some tokens alone are `bright`."""
        if self.alone is None:
            return
        own, row = self.alone.own, self.row
        passed = [m for m in row if m not in self.alone.going]
        # (What stood beside it is gone when it leaves; and the row is seen when it has passed.)
        home = together(during(0.3, 0.8, self.alone.going_home()), gone_by(0.4, own))
        stacks = self.sentence.stacks
        lit = passed if bright is None else [m for i in bright for m in (stacks[i].box, *stacks[i].vector)]
        dimmed = [] if bright is None else [m for m in row if m not in lit]
        coming = together(levels(dimmed, style.DIM), levels(lit, 1.0))
        self.play(change([*own, *row], together(home, during(0.8, 1.0, coming)), run_time=1.8))
        self.put_home()

    def set_aside(self, i: int, box_to: float, column_to: float) -> None:
        """Move token i's box and column to the side, with all that belongs to them."""
        if self.alone is None:
            self.alone = Alone(self.sentence, i)
            if self.alone.unfolds:
                self.play(*self.alone.unfolding(box_to, column_to))
                return
        self.play(self.alone.moving(box_to, column_to, run_time=1.0))

    def put_home(self) -> None:
        """Put what was set aside back where it belongs, at once."""
        if self.alone is not None:
            self.alone.go_home()
            self.remove(*self.alone.own)
        self.alone = None
