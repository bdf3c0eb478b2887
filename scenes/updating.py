"""The move that carries the flagship's meaning: ΔE comes to the followed word, and E becomes E′."""

from collections.abc import Sequence

import numpy as np
from manim import FadeIn, FadeOut, Mobject, VGroup, linear

from soakup.scenes import style
from soakup.scenes.arcs import Lights
from soakup.scenes.formula import Formula
from soakup.scenes.motion import change, gone_by, levels, shifting, together
from soakup.scenes.overlap import overlap
from soakup.scenes.sentence_scene import SentenceScene


class Updating(SentenceScene):
    """One word's update, slowly."""

    def update_followed(self, layer: int) -> None:
        """Out of the followed word's box comes ΔE, stands beside E, and the two fuse."""
        i, sentence = self.followed, self.sentence
        stack, x = sentence.stacks[i], sentence.x[i]
        beside = sentence.column_width + 0.55
        edge = self.screen.right - sentence.column_width / 2
        to = x + (beside if x + beside <= edge else -beside)
        line = sentence.line_of[i]
        hidden, dimmed = [], [sentence.rest, *sentence.folded.values()]
        for k, other in sentence.stacks.items():
            if k != i:
                ahead = (sentence.x[k] - x) * np.sign(to - x)  # from E towards ΔE
                near = sentence.line_of[k] is line and 0 < ahead < beside + sentence.column_width + 0.25
                (hidden if near else dimmed).extend(other.vector)
                dimmed.append(other.box)
        incoming = [arc for (j, t), arc in self.arcs.items() if t == i and j != self.reading.rest]
        # Where there are two rows, E and ΔE are named between them, where other arcs would cross the names.
        hidden += [arc for (_, t), arc in self.arcs.items() if sentence.line_of[t] is not line]
        dimmed += [arc for arc in self.arcs.values() if arc not in incoming and arc not in hidden]
        delta = sentence.new_column(self.reading.attention_update(layer, i), to, i, self.style.update)
        delta.brackets.set_stroke(self.style.update)
        plus = Formula("+", 40, self.style.text).move_to(((to + x) / 2, sentence.middle(i), 0))
        names = [
            self.within(Formula(source, 36, color).move_to((where, line.bottom - 0.35, 0)))
            for source, color, where in (
                ("arrow(E)", self.style.text, x),
                ("Delta arrow(E)", self.style.update, to),
            )
        ]
        scale, by = self.scale_aside(names)
        steps = together(levels(hidden, 0.0), levels(dimmed, style.DIM), shifting(scale, by))
        self.play(change([*hidden, *dimmed, *scale], steps, run_time=0.7))
        # What comes in along the arcs, comes out of the box as the update.
        lights = Lights(incoming)
        self.play(change([lights], lights.step, rate_func=linear, run_time=1.2))
        self.remove(lights)
        self.play(FadeIn(delta, target_position=np.array([to, line.columns_at, 0]), scale=0.3, run_time=1.1))
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
        name = self.within(Formula("arrow(E)'", 36, self.style.updated).move_to((x, line.bottom - 0.35, 0)))
        self.play(FadeIn(updated, name, run_time=0.5))
        self.wait(1.0 * self.pace)
        self.play(FadeOut(updated, name, run_time=0.4))
        steps = together(levels([*hidden, *dimmed], 1.0), shifting(scale, -by))
        self.play(change([*hidden, *dimmed, *scale], steps, run_time=0.6))

    def within(self, name: Formula) -> Formula:
        """A name that is wider than the strip it stands under, moved aside where it would reach into the margin."""
        left, right = self.screen.left - name.get_left()[0], self.screen.right - name.get_right()[0]
        return name.shift((min(max(0.0, left), right), 0, 0))

    def scale_aside(self, names: Sequence[Mobject]) -> tuple[list[Mobject], np.ndarray]:
        """The scale of the colours, where names would come to lie on it, and how far away its other side is."""
        scale = self.marks.scale
        if scale is None:
            return [], np.zeros(3)
        near = any(overlap(name, scale, gap=(0.2, 0.1)) for name in names)
        middle = (self.screen.left + self.screen.right) / 2
        return ([scale] if near else []), np.array([2 * (middle - scale.get_x()), 0.0, 0.0])
