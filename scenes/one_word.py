"""One word of the flagship by itself: what it soaked up in the end, and what the last one says comes next."""

from manim import LEFT, RIGHT, UP, Arrow, FadeIn, FadeOut, LaggedStart, Transform, VGroup

from soakup.scenes import style
from soakup.scenes.alone import Alone, plan_alone
from soakup.scenes.bars import bar_rows
from soakup.scenes.formula import Formula
from soakup.scenes.layer_words import mixture_in_words, said_in_the_end
from soakup.scenes.motion import change, during, gone_by, levels, together
from soakup.scenes.sentence_scene import SentenceScene
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
        turned = self.reading.turned(i)
        notes = VGroup(
            Words("before", NOTE, self.style.text).stand(places.x - places.half, self.alone.under - 0.36),
            Words("after", NOTE, self.style.text).stand(places.x + places.half, self.alone.under - 0.36),
            Words.of(["turned by ", turned, "°"], NOTE, self.style.text).stand(places.x, self.alone.under - 0.78),
        )
        for note in notes:  # a narrow column's may be wider than it
            note.shift(RIGHT * max(self.screen.left - note.get_left()[0], 0.0))

        held = self.reading.largest(layers, i, most=MOST_HELD, least=0.02)
        shares = [
            ([self.reading.word(w)], self.reading.ink(layers, i, w), style.to_color(sentence.inks[w])) for w in held
        ]
        beyond = self.reading.beyond(layers, i, len(held))
        if beyond.value >= 0.005:
            shares.append((["others"], beyond, self.style.others))
        rows = bar_rows(shares, places.rows_left, places.rows_right, places.rows_top, self.style)
        bar = self.alone.bar
        middle, width = (places.rows_left + places.rows_right) / 2, places.rows_right - places.rows_left - 1.0
        unfolding = bar.moving_to(middle, places.rows_top + 0.5, width, 0.4)
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
        self.play(
            LaggedStart(*falling, lag_ratio=0.3, run_time=2.6),
            change([bar], levels([bar], 0.0), run_time=1.0),
        )
        self.hold_at_end(2.5)
        gone = [tint, before, notes, *pieces, *(m for row in rows for m in (row.label, row.share))]
        self.afterwards(lambda: self.coming(FadeOut(VGroup(*gone), run_time=0.5)))

    def what_comes_next(self) -> None:
        i = self.tokens[-1]
        self.say("The last vector scores every next piece; softmax turns scores into chances")
        if i != self.followed:
            self.back_in_the_row()
            self.leave_only(i)
        places = plan_alone(self.screen, self.sentence)
        x = places.left
        self.set_aside(i, x, x)
        start = x + self.alone.width / 2 + 0.2
        length = places.arrow
        arrow = Arrow((start, places.middle, 0), (start + length, places.middle, 0), buff=0, stroke_width=3)
        arrow.set_color(self.style.quiet)
        name = Formula("W_U", 40, self.style.text).next_to(arrow, UP, buff=0.15)
        note = Words("softmax", NOTE, self.style.text).stand(arrow.get_center()[0], places.middle - 0.4)
        likely = said_in_the_end(self.reading)
        chances = [(["“", text, "”"], p, style.probability_color(p.value, self.style)) for text, p in likely]
        rows = bar_rows(chances, start + length + 0.3, places.rows_right, places.rows_top, self.style)
        self.play(FadeIn(VGroup(arrow, name, note), shift=RIGHT * 0.3, run_time=0.6))
        self.play(LaggedStart(*[FadeIn(row, shift=RIGHT * 0.3) for row in rows], lag_ratio=0.15, run_time=1.6))
        self.hold_at_end(2.0)
        self.afterwards(lambda: self.coming(FadeOut(VGroup(arrow, name, note, *rows), run_time=0.5)))

    def leave_only(self, i: int) -> None:
        """Fade everything but token i."""
        stack = self.sentence.stacks[i]
        kept = [stack.box, stack.panel, stack.column, stack.bar]
        leaving = [m for m in self.row if m not in kept]
        self.play(change(leaving, levels(leaving, 0.0), run_time=0.6))

    def back_in_the_row(self) -> None:
        """What was set aside goes home, and all words are there again."""
        if self.alone is None:
            return
        own, row = self.alone.own, self.row
        passed = [m for m in row if m not in self.alone.going]
        # (What stood beside it is gone when it leaves; and the row is seen when it has passed.)
        home = together(during(0.3, 0.8, self.alone.going_home()), gone_by(0.4, own))
        self.play(change([*own, *row], together(home, during(0.8, 1.0, levels(passed, 1.0))), run_time=1.8))
        self.put_home()

    def set_aside(self, i: int, box_to: float, column_to: float) -> None:
        """Move token i's box and column to the side, with all that belongs to them."""
        if self.alone is None:
            self.alone = Alone(self.sentence, i)
            if self.alone.unfolds:
                for step in self.alone.unfolding(box_to, column_to):
                    self.play(step)
                return
        self.play(self.alone.moving(box_to, column_to, run_time=1.0))

    def put_home(self) -> None:
        """Put what was set aside back where it belongs, at once."""
        if self.alone is not None:
            self.alone.go_home()
            self.remove(*self.alone.own)
        self.alone = None
