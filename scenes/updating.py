"""The move that carries the flagship's meaning: ΔE comes to the followed word, and E becomes E′."""

import numpy as np
from manim import FadeIn, FadeOut, VGroup, linear

from soakup.scenes import style
from soakup.scenes.arcs import Lights
from soakup.scenes.formula import Formula
from soakup.scenes.motion import change, gone_by, levels, shifting, together
from soakup.scenes.overlap import overlap
from soakup.scenes.sentence_scene import SentenceScene

NAME, UNDER = 34, 0.3  # size of E and ΔE under their columns, and how far under the bars of ink their middles are


class Updating(SentenceScene):
    """One word's update, slowly."""

    def update_followed(self, layer: int) -> None:
        """Out of the followed word's box comes ΔE, stands beside E, and the two fuse."""
        i, sentence = self.followed, self.sentence
        stack, line = sentence.stacks[i], sentence.line_of[i]
        x, to = self.update_places
        beside = abs(to - x)
        hidden, dimmed = [], [sentence.rest, *sentence.folded.values()]
        for k, other in sentence.stacks.items():
            if k != i:
                ahead = (sentence.x[k] - x) * np.sign(to - x)  # from E towards ΔE
                near = sentence.line_of[k] is line and 0 < ahead < beside + sentence.column_width + 0.25
                (hidden if near else dimmed).extend(other.vector)
                dimmed.append(other.box)
        incoming = [arc for (_, t), arc in self.arcs.items() if t == i]
        # Where there are two rows, E and ΔE are named between them, where other arcs would cross the names.
        hidden += [arc for (_, t), arc in self.arcs.items() if sentence.line_of[t] is not line]
        dimmed += [arc for arc in self.arcs.values() if arc not in incoming and arc not in hidden]
        delta = sentence.new_column(self.reading.attention_update(layer, i), to, i, self.style.update)
        delta.brackets.set_stroke(self.style.update)
        plus = Formula("+", 40, self.style.text).move_to(((to + x) / 2, sentence.middle(i), 0))
        names = self.update_names()
        if self.marks.scale and any(overlap(name, self.marks.scale) for name in names):
            hidden.append(self.marks.scale)  # there was no place for both
        self.play(change([*hidden, *dimmed], together(levels(hidden, 0.0), levels(dimmed, style.DIM)), run_time=0.7))
        # What comes in along the arcs, comes out of the box as the update.
        lights = Lights(incoming)
        self.play(change([lights], lights.step, rate_func=linear, run_time=1.2))
        self.remove(lights)
        under_box = np.array([(x + to) / 2, line.columns_at, 0])
        self.play(FadeIn(delta, target_position=under_box, scale=0.3, run_time=1.1))
        self.play(FadeIn(VGroup(plus, *names), run_time=0.5))
        self.wait(1.4 * self.pace)
        leaving = together(shifting([delta], (x - to, 0, 0)), gone_by(0.4, delta.entries), levels([delta], 0.0))
        steps = together(*sentence.attending(layer, [i]))
        self.play(
            FadeOut(plus, *names, run_time=0.4),
            change([delta], leaving, run_time=1.2),
            change(stack.vector, steps, run_time=1.8),
        )
        self.remove(delta)
        updated = sentence.frame_round(i)[1].set_stroke(self.style.updated)
        name = self.within(Formula("arrow(E)'", NAME, self.style.updated).move_to((x, line.bottom - UNDER, 0)))
        self.play(FadeIn(updated, name, run_time=0.5))
        self.wait(1.0 * self.pace)
        self.play(FadeOut(updated, name, run_time=0.4))
        self.play(change([*hidden, *dimmed], levels([*hidden, *dimmed], 1.0), run_time=0.6))

    @property
    def update_places(self) -> tuple[float, float]:
        """Where E stands, and where ΔE comes to stand beside it."""
        x, width = self.sentence.x[self.followed], self.sentence.column_width
        beside = width + 0.55
        return x, x + (beside if x + beside <= self.screen.right - width / 2 else -beside)

    def update_names(self) -> list[Formula]:
        """E and ΔE, under the two."""
        x, to = self.update_places
        y = self.sentence.line_of[self.followed].bottom - UNDER
        names = Formula("arrow(E)", NAME, self.style.text), Formula("Delta arrow(E)", NAME, self.style.update)
        return [self.within(name.move_to((at, y, 0))) for name, at in zip(names, (x, to), strict=True)]

    def within(self, name: Formula) -> Formula:
        """A name that is wider than the strip it stands under, moved aside where it would reach into the margin."""
        left, right = self.screen.left - name.get_left()[0], self.screen.right - name.get_right()[0]
        return name.shift((min(max(0.0, left), right), 0, 0))
