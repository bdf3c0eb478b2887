"""The flagship's end: all words again, and of whom each has become a mixture."""

from collections.abc import Iterable

from manim import FadeIn, FadeOut, LaggedStart, Mobject, Square, VGroup, VMobject, linear

from soakup.model.findings import KEPT
from soakup.scenes import style
from soakup.scenes.ending import APART, NOTE_STEP, SOAKED_STEP, UNIT, Ending, plan_ending
from soakup.scenes.flows import flowing
from soakup.scenes.layer_words import end_in_words
from soakup.scenes.motion import change, during, gone_by, shifting, staggered, together
from soakup.scenes.one_word import NOTE, OneWord
from soakup.scenes.quantity import Quantity
from soakup.scenes.scene import late
from soakup.scenes.words import Words

SIZES = (NOTE, style.ENTRY, style.ENTRY_SMALLEST)  # of what stands under a word
BESIDE = 0.12  # between a bar and what is written beside it
INK = 0.18  # how large a word's ink stands in place of its name


class AllWords(OneWord):
    """Beats that look back on the whole sentence."""

    ending: Ending
    notes: list[Words]  # before, and after how many layers

    def before_and_after(self) -> None:
        """Every word again, and how much of which word each has become: the ink, rolled out through all layers."""
        sentence = self.sentence
        self.say(*end_in_words(self.reading))
        self.back_in_the_row()
        vectors = [m for s in sentence.stacks.values() for m in (s.arrow, s.panel, s.column)]
        size, soaked = self.soaked_up()
        self.ending = ending = plan_ending(self.screen, sentence, size)
        moves, width = [], sentence.panel_width
        if not sentence.two_rows:
            width = min(width, max(sentence.plan.pitch - APART, width / 2))
        for group, box in [*sentence.boxes.items(), ((), sentence.rest)]:
            line = sentence.line_of[group[0]] if group else sentence.plan.lines[0]
            moves.append(shifting([box], (0, ending.words_at[line] - line.tokens_at, 0)))
        for i, stack in sentence.stacks.items():
            line = sentence.line_of[i]
            at = sentence.x[i], ending.bars_at[line]
            moves.append(stack.bar.moving_to(*at, width, ending.bar[line]))
        steps = together(gone_by(0.4, vectors), during(0.4, 1.0, together(*moves)))
        self.play(change(self.row, steps, run_time=1.6))
        self.remove(*vectors)
        if sentence.two_rows:  # from one to the other no flow could lead but through words
            self.arcs_of_ink()
        else:
            self.flows_of_ink(soaked)
        self.hold_at_end(2.5)

    def arcs_of_ink(self) -> None:
        """From the words to those that have become a part of them."""
        after = Words.of(["after ", self.reading.count("count.layers"), " layers"], NOTE, self.style.text)
        self.notes = [after.stand(0, self.ending.after_at)]
        self.play(FadeIn(*self.notes, run_time=0.6))
        shares = self.reading.soaked_up()
        if any(share.value >= style.ARC_LEAST for share in shares.values()):
            self.draw_arcs(shares, run_time=2.4)

    def flows_of_ink(self, soaked: list[VGroup]) -> None:
        """From the words down to what each has become, their names again under it, and what it soaked up most of."""
        sentence, ending = self.sentence, self.ending
        labels = VGroup()
        for group, box in sentence.boxes.items():
            if group[0] not in self.reading.runs:
                label = box.label.copy().set_fill(self.style.text, opacity=1)
                label.shift((0, ending.labels_at - sentence.rise[group] - box.box.get_y(), 0))
                labels.add(label)
        before, after = self.notes = self.at_the_beginning(labels)
        self.play(FadeIn(before, run_time=0.6))
        bands = sentence.flows(self.reading.layers)
        for band in bands:
            band.set_z_index(-1)
        self.play(change(bands, staggered(map(flowing, bands), 0.04), rate_func=linear, run_time=2.8))
        self.play(FadeIn(labels, after, run_time=0.8))
        if soaked:
            self.say("Under each word: the other word it holds most of")
            for note in soaked:
                note.shift((0, ending.soaked_at, 0))
            self.play(LaggedStart(*[FadeIn(note) for note in soaked], lag_ratio=0.15, run_time=1.6))

    def at_the_beginning(self, labels: VGroup) -> list[Words]:
        """“Before” over the beginning of the words, and “after” before their ink, or their names under that, or else
        under all."""
        side = 1 if self.reading.from_the_right else -1
        edge, line = side * self.screen.right, self.sentence.plan.lines[0]
        before, after = (Words(text, NOTE, self.style.text) for text in ("before", "after"))

        def end(mobjects: Iterable[Mobject]) -> float:
            return max(side * x for m in mobjects for x in (m.get_left()[0], m.get_right()[0]))

        bars = [stack.bar for stack in self.sentence.stacks.values()]
        first = max(labels, key=lambda label: side * label.get_x())
        places = {self.ending.bars_at[line] - after.x_height / 2: end(bars), first.baseline: end(labels)}
        free = [y for y, reach in places.items() if after.width + BESIDE <= abs(edge) - reach]
        after.stand(edge, free[0] if free else self.ending.after_at, side)
        return [before.stand(edge, self.ending.before_at, side), after]

    def soaked_up(self) -> tuple[float, list[VGroup]]:
        """For under the last piece of each word the other word it holds most of, in letters as large as there is room
        for: their size, and the share and the word, about height 0, in place of which its ink stands where there is no
        room; where the word has kept something of its own (see `mixture_in_words`). Nothing where a share has no room,
        since it is said of each, or where most names have none: inks alone would have to be guessed."""
        sentence, reading, layers = self.sentence, self.reading, self.reading.layers
        held: dict[int, int] = {}
        for i in sentence.stacks:
            others = [w for w in reading.largest(layers, i, most=3) if w in reading.others(i)]
            own = reading.word_of[i]
            if i == self.trace.words[own].tokens[-1] and others and reading.ink_shares(layers, i)[own] >= KEPT:
                held[i] = others[0]
        if sentence.two_rows or not held:
            return 0.0, []
        for size in SIZES:
            notes, named = [], 0
            for i, w in held.items():
                share = Words.of([reading.ink(layers, i, w)], size, self.style.text).stand(sentence.x[i], 0)
                step, room = SOAKED_STEP * size / UNIT, self.room_under[i]
                name: VMobject = Words.of([reading.word(w)], size, self.style.text).stand(sentence.x[i], -step)
                if name.width >= room:
                    name = Square(INK, stroke_width=0, fill_opacity=1, color=style.to_color(sentence.inks[w]))
                    name.move_to((sentence.x[i], INK / 2 - 0.02 - step, 0))
                named += isinstance(name, Words)
                notes.append(VGroup(share, name))
            enough = named == len(notes) or (size == SIZES[-1] and 2 * named > len(notes))
            if enough and all(note[0].width <= self.room_under[i] for i, note in zip(held, notes, strict=True)):
                return size, notes
        return 0.0, []

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
            line.stand(0, self.ending.after_at - NOTE_STEP * n)
        self.play(FadeOut(*self.notes, run_time=0.3), FadeIn(named, run_time=0.9, rate_func=late))
        self.hold_at_end(3.0)
