"""The flagship's end: all words again, and of whom each has become a mixture."""

from manim import FadeIn, FadeOut, LaggedStart, Square, VGroup, VMobject, linear

from soakup.model.findings import KEPT
from soakup.scenes import style
from soakup.scenes.ending import SOAKED_STEP, Ending, plan_ending
from soakup.scenes.flows import flowing
from soakup.scenes.layer_words import kind
from soakup.scenes.motion import change, during, gone_by, shifting, staggered, together
from soakup.scenes.one_word import NOTE, OneWord
from soakup.scenes.quantity import Quantity
from soakup.scenes.scene import late
from soakup.scenes.words import Words

INK = 0.18  # how large a word's ink stands in place of its name


class AllWords(OneWord):
    """Beats that look back on the whole sentence."""

    ending: Ending
    after: Words

    def before_and_after(self) -> None:
        """Every word again, and how much of which word each has become: the ink, rolled out through all layers."""
        sentence, layers = self.sentence, self.reading.layers
        self.say(
            f"Each {kind(self.reading)}" if len(sentence.stacks) > 1 else "The word",
            " now carries some of what it looked at",
        )
        self.back_in_the_row()
        vectors = [m for s in sentence.stacks.values() for m in (s.arrow, s.panel, s.column)]
        ending = plan_ending(self.screen, sentence)
        labels, moves = VGroup(), []
        for group, box in sentence.boxes.items():
            line, rise = sentence.line_of[group[0]], sentence.rise[group]
            if not sentence.two_rows and group[0] not in self.reading.runs:
                label = box.label.copy().set_fill(self.style.text, opacity=1)
                labels.add(label.shift((0, ending.labels_at - rise - box.box.get_y(), 0)))
            moves.append(shifting([box], (0, ending.words_at[line] - line.tokens_at, 0)))
        first = sentence.plan.lines[0]
        moves.append(shifting([sentence.rest], (0, ending.words_at[first] - first.tokens_at, 0)))
        for i, stack in sentence.stacks.items():
            at = sentence.x[i], ending.bars_at[sentence.line_of[i]]
            moves.append(stack.bar.moving_to(*at, sentence.panel_width, ending.bar))
        notes = VGroup(
            Words("before", NOTE, self.style.text).stand(0, ending.before_at),
            Words.of(["after ", self.reading.count("count.layers"), " layers"], NOTE, self.style.text),
        )
        self.after, self.ending = notes[1].stand(0, ending.after_at), ending
        steps = together(gone_by(0.4, vectors), during(0.4, 1.0, together(*moves)))
        self.play(change(self.row, steps, run_time=1.6))
        self.remove(*vectors)
        self.play(FadeIn(notes if sentence.two_rows else notes[0], run_time=0.6))
        if not sentence.two_rows:  # in two, there is no way down that does not lead through words
            bands = sentence.flows(layers)
            for band in bands:
                band.set_z_index(-1)
            self.play(change(bands, staggered(map(flowing, bands), 0.04), rate_func=linear, run_time=2.8))
            self.play(FadeIn(labels, notes[1], run_time=0.8))
            if soaked := self.soaked_up():
                self.say("Under each word: the other word it holds most of")
                self.play(LaggedStart(*[FadeIn(note) for note in soaked], lag_ratio=0.15, run_time=1.6))
        self.hold_at_end(2.5)

    def soaked_up(self) -> list[VGroup]:
        """Under the last piece of each word the other word it holds most of: the share and the word, in place of which
        its ink stands where there is no room; where the word has kept something of its own (see `mixture_in_words`).
        Nothing where a share has no room, since it is said of each, or where most names have none: inks alone would
        have to be guessed."""
        sentence, reading, found, named = self.sentence, self.reading, [], 0
        size, y, layers = style.ENTRY_SMALLEST, self.ending.soaked_at, reading.layers
        for i in sentence.stacks:
            others = [w for w in reading.largest(layers, i, most=3) if w in reading.others(i)]
            own = reading.word_of[i]
            if i != self.trace.words[own].tokens[-1] or not others or reading.ink_shares(layers, i)[own] < KEPT:
                continue
            share = Words.of([reading.ink(layers, i, others[0])], size, self.style.text).stand(sentence.x[i], y)
            name: VMobject = Words.of([reading.word(others[0])], size, self.style.text)
            if name.width < self.room_under[i]:
                named += 1
                name.stand(sentence.x[i], y - SOAKED_STEP)
            else:
                name = Square(INK, stroke_width=0, fill_opacity=1, color=style.to_color(sentence.inks[others[0]]))
                name.move_to((sentence.x[i], y - SOAKED_STEP + INK / 2 - 0.02, 0))
            if share.width > self.room_under[i]:
                return []
            found.append(VGroup(share, name))
        return found if 2 * named > len(found) else []

    @property
    def room_under(self) -> dict[int, float]:
        """How wide what stands under a token may be for neighbours not to touch."""
        xs = self.sentence.x
        return {
            i: 2 * min([*[abs(xs[i] - xs[j]) / 2 for j in self.tokens if j != i], self.screen.right - abs(xs[i])])
            - 0.08
            for i in self.tokens
        }

    def closing(self) -> None:
        self.say("Every number in this film is the model’s own")
        counts = [self.reading.count(f"count.{what}") for what in ("layers", "heads", "parameters")]
        name = Quantity("text", "model", self.trace.model.name, "s", shown="model")
        shape = [counts[0], " layers of ", counts[1], " heads, ", counts[2], " parameters"]
        lines = [["The model “", name, "”: ", *shape]]
        if self.screen.narrow:
            lines = [["The model “", name, "”:"], shape]
        named = VGroup(*[Words.of(line, NOTE, self.style.text) for line in lines])
        for n, line in enumerate(named):
            line.stand(0, self.ending.after_at - 0.38 * n)
        self.play(FadeOut(self.after, run_time=0.3), FadeIn(named, run_time=0.9, rate_func=late))
        self.hold_at_end(3.0)
