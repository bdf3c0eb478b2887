"""The move that carries the flagship's meaning: ΔE comes to the followed word, and E becomes E′."""

import numpy as np
from manim import FadeIn, FadeOut, ManimColor, Mobject, Rectangle, VGroup, linear, rush_from, smooth

from soakup.scenes import style
from soakup.scenes.arcs import Lights
from soakup.scenes.formula import Formula
from soakup.scenes.motion import change, during, gone_by, half_there, levels, opening, shifting, tinting, together
from soakup.scenes.overlap import overlap
from soakup.scenes.sentence_scene import SentenceScene
from soakup.scenes.strips import Strip
from soakup.scenes.vectors import Column

NAME, UNDER = 34, 0.3  # size of E and ΔE under their columns, and how far under the bars of ink their middles are
EDGE = 0.06  # of the plate round ΔE
ARRIVE = 0.5  # of the time in which ΔE comes: how long the lights take to its place
PALER = 0.15  # of a flight: how long it takes to become pale enough for others to be read through it
LAND, TAKE = 0.6, 0.4  # of the time in which the two fuse: when ΔE has come to E, and when E begins to take it in


class Updating(SentenceScene):
    """One word's update, slowly."""

    def update_followed(self, layer: int) -> list[Mobject]:
        """What comes in along the arcs comes out of the followed word's box as ΔE, stands beside E, and the two fuse.
        Returns what has stepped back for it."""
        i, sentence = self.followed, self.sentence
        stack = sentence.stacks[i]
        x, to = self.update_places
        delta = sentence.new_column(self.reading.attention_update(layer, i), to, i, self.style.update)
        delta.brackets.set_stroke(self.style.update)
        plate = self.plate_behind(delta)
        plus = Formula("+", 40, self.style.text).move_to(((to + x) / 2, sentence.middle(i), 0))
        names = self.update_names()
        incoming = [arc for (_, t), arc in self.arcs.items() if t == i]
        frame = self.frame[0] if self.frame else sentence.frame_round(i)

        lit = [stack.box, *stack.vector, *incoming]
        dimmed = [m for m in [*self.row, *self.arcs.values()] if m not in lit]
        covered, hidden = self.columns_under(plate), self.crossing(names)
        stepping_back = together(levels(dimmed, style.DIM), levels([*covered, *hidden], 0.0))
        self.play(
            change(
                [*dimmed, *hidden, *lit],
                together(stepping_back, levels(lit, 1.0), self.quieting_rest()),
                run_time=0.7,
            ),
            *([FadeOut(m, run_time=0.4) for m in self.frame[1:]] if self.frame else [FadeIn(frame, run_time=0.6)]),
        )
        self.frame = None
        # The lights meet under the box, and there ΔE begins.
        lights = Lights(incoming, into=(self.beside_it, stack.box.get_bottom()[1], 0))
        opens = opening([plate, delta], lights.into)
        coming = together(
            during(0, ARRIVE, lights.step), during(ARRIVE - 0.05, 1, lambda alpha: opens(rush_from(alpha)))
        )
        self.play(change([lights, plate, delta], coming, rate_func=linear, run_time=2.4))
        self.remove(lights)
        self.play(FadeIn(VGroup(plus, *names), run_time=0.5))
        self.wait(1.4 * self.pace)

        over = shifting([delta], stack.column.brackets.get_center() - delta.brackets.get_center())
        taking = together(*sentence.attending(layer, [i]), tinting(frame, ManimColor(self.style.updated)))
        fusing = together(
            gone_by(0.4, [plate]),
            during(LAND, 1, levels(covered, style.DIM)),
            during(0, LAND, half_there([delta], during(PALER, 1, lambda alpha: over(smooth(alpha))), 0.0, PALER, 0.8)),
            during(TAKE, 1, lambda alpha: taking(smooth(alpha))),
        )
        self.play(
            change([*dimmed, plate, *stack.vector, frame, delta], fusing, rate_func=linear, run_time=2.2),
            FadeOut(plus, *names, run_time=0.4),
        )
        self.remove(plate, delta)
        name = Formula("arrow(E)'", NAME, self.style.updated)
        name = self.within(name.move_to((x, sentence.line_of[i].bottom - UNDER, 0)))
        self.play(FadeIn(name, run_time=0.5))
        self.wait(1.0 * self.pace)
        self.play(FadeOut(frame, name, run_time=0.4))
        return [*dimmed, *hidden]

    def plate_behind(self, delta: Column | Strip) -> Rectangle:
        """Ground for ΔE and the plus before it, over what else stands there."""
        x, to = self.update_places
        near, far = self.beside_it, to + np.sign(to - x) * (self.sentence.column_width / 2 + EDGE)
        plate = Rectangle(width=abs(far - near), height=delta.brackets.height + 2 * EDGE, stroke_width=0)
        plate.move_to(((near + far) / 2, delta.brackets.get_center()[1], 0))
        return plate.set_fill(self.style.ground, opacity=1)

    def columns_under(self, plate: Rectangle) -> list[Column | Strip]:
        """The columns that a plate would cut: of those only what is behind them, their ink, stays."""
        columns = [stack.column for k, stack in self.sentence.stacks.items() if k != self.followed]
        return [column for column in columns if overlap(column, plate)]

    def crossing(self, names: list[Formula]) -> list[Mobject]:
        """What would lie on E and ΔE: the scale, and arcs in two rows, between which they are named."""
        row, scale = self.sentence.line_of[self.followed], self.marks.scale
        found: list[Mobject] = [arc for (_, t), arc in self.arcs.items() if self.sentence.line_of[t] is not row]
        return [*found, scale] if scale and any(overlap(name, scale) for name in names) else found

    @property
    def update_places(self) -> tuple[float, float]:
        """Where E stands, and where ΔE comes to stand beside it."""
        x, width = self.sentence.x[self.followed], self.sentence.column_width
        beside = width + 0.55
        return x, x + (beside if x + beside <= self.screen.right - width / 2 else -beside)

    @property
    def beside_it(self) -> float:
        """The edge of the frame round E, towards ΔE."""
        x, to = self.update_places
        return x + float(np.sign(to - x)) * (self.sentence.panel_width / 2 + EDGE)

    def update_names(self) -> list[Formula]:
        """E and ΔE, under the two."""
        x, to = self.update_places
        y = self.sentence.line_of[self.followed].bottom - UNDER
        names = Formula("arrow(E)", NAME, self.style.text), Formula("Delta arrow(E)", NAME, self.style.update)
        return [self.within(name.move_to((at, y, 0))) for name, at in zip(names, (x, to), strict=True)]
