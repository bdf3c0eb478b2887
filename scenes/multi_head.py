"""Multi-head attention: many questions at once.

The layer's patterns, one for each head, stand as cards behind each other and then side by side, each with what findings
call it (`pattern` of the Trace). Each head has a ΔE of its own for the followed word, drawn as a profile of all its
entries; joined, with the bias where there is one, they are the layer's ΔE: Σ `head_updates` + `attention_bias` =
`attention_update`.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from manim import FadeIn, FadeOut, LaggedStart, Line, VGroup, linear, smooth

from soakup.drawing.numbers import Change
from soakup.drawing.space import Space
from soakup.model import findings
from soakup.scenes import style
from soakup.scenes.attention_grid import AttentionGrid
from soakup.scenes.cards import Card, card_size, places, slots
from soakup.scenes.formula import Formula
from soakup.scenes.grid_scene import GridScene
from soakup.scenes.motion import becoming, change, half_there, levels, one_after_another, together
from soakup.scenes.one_head import OneHead
from soakup.scenes.profile import Profile
from soakup.scenes.quantity import Quantity
from soakup.scenes.scene import Beat
from soakup.scenes.words import Words

if TYPE_CHECKING:
    from soakup.model.heads import Habits

MOST = 12  # cards shown (captions call them a dozen); of more heads, the followed and those whose share is largest
THETA, PHI, APART = -0.95, 0.2, 2.2  # how the cards in depth are seen, and how far behind each other they stand
FARTHEST = 11.0  # how far back the last of them may stand
NEARER = 1.15  # how much further the cards turn while they are looked at
TITLE, NOTE = 26, 24
LABEL = 0.82  # room under a card
STRIP_GAP = 0.55  # over the strips, for their names


class MultiHead(GridScene):
    """All heads of one layer, from their patterns to its update of a word."""

    idea = "many questions at once"
    poster_beat = "side by side"

    def story(self) -> Iterable[Beat]:
        self.choose_grid("multi-head", with_scores=False)
        self.choose_cards()
        if self.reading.runs:
            yield Beat("a long text", self.a_long_text)
        yield Beat("one head", self.one_head)
        yield Beat("all heads", self.heads_in_depth)
        yield Beat("side by side", self.side_by_side)
        yield Beat("updates", self.head_updates)
        yield Beat("the layer’s update", self.heads_add_up)

    def choose_cards(self) -> None:
        """Which heads have a card, the followed one first, and where the cards stand side by side."""
        layer, heads, plan = self.look.layer, self.trace.model.heads, self.layout
        shown = self.reading.words
        self.findings = {h: findings.of_head(self.trace, layer, h, self.habits(), shown) for h in range(heads)}
        worth = sorted(range(heads), key=lambda h: (h != self.look.head, -self.worth(h)))
        self.carded = sorted(worth[:MOST])
        self.under_words = plan.under_words - 0.15
        self.over_caption = self.screen.floor
        room = self.screen.room, self.under_words - self.over_caption
        self.card_grid = self.new_card_grid()
        size = card_size(self.card_grid.plan)
        self.in_a_row, self.card_scale = slots(len(self.carded), size, room, LABEL)
        middle = (self.under_words + self.over_caption) / 2
        step = size[0] * self.card_scale + 0.3, size[1] * self.card_scale + LABEL
        self.slots = {
            h: (x * step[0], middle + LABEL / 2 - y * step[1])
            for h, (x, y) in zip(self.carded, places(len(self.carded), self.in_a_row), strict=True)
        }

    def new_card_grid(self) -> AttentionGrid:
        """The grid of the cards, whose columns stand under the words; its rows have all the height there is, up to
        square cells, since no keys stand beside it and the cards will be small."""
        plan, T = self.layout, len(self.layout.ys)
        top, room = self.under_words - 0.15, self.under_words - self.over_caption - 0.3
        height = min(room / T, max(plan.cell))
        ys = {j: top - (room - T * height) / 2 - (n + 0.5) * height for n, j in enumerate(plan.ys)}
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
        """The pattern of the followed head, under the words that ask."""
        self.write_sentence(self.layout.label_size)
        self.say("Who looks at whom, in one head: a column of dots for each word")
        self.count_head()
        self.take_places_on_top()
        self.row_names = self.card_grid.names_before(self.card_grid.plan.left - 0.12, self.screen.left)
        self.coming(*[FadeIn(name, run_time=0.8) for name in self.row_names])
        self.deal_cards()
        self.afterwards(lambda: self.coming(*[FadeOut(name, run_time=0.5) for name in self.row_names]))

    def heads_in_depth(self) -> None:
        """The camera turns, and behind the first card stand those of the other heads."""
        count = self.reading.count
        layer, heads = count(f"layer[{self.look.layer}]"), count("count.heads")
        if len(self.cards) == 1:
            self.say("Layer ", layer, " has this one head")
            return
        if len(self.cards) < self.trace.model.heads:
            left = self.trace.model.heads - len(self.cards)
            hidden = Quantity("derived", f"heads_beyond({len(self.cards)})[0]", left, ",d")
            more = " more is not shown" if left == 1 else " more are not shown"
            self.say("Layer ", layer, " has ", heads, " heads: here the dozen that stand out most; ", hidden, more)
        else:
            self.say(
                "Layer ", layer, " has ", heads, " heads, each with matrices of its own: as many questions at once"
            )
        behind = self.cards[1:]
        self.play(
            FadeOut(self.counter[1], run_time=0.5),
            Change(self.space, together(self.turning(0.0, 1.0), levels(behind, 1.0)), rate_func=smooth, run_time=2.2),
        )
        self.play(Change(self.space, self.turning(1.0, NEARER), rate_func=linear, run_time=1.2))

    def side_by_side(self) -> None:
        """The cards come side by side, and each is given the name that fits what it does here."""
        if len(self.cards) == 1:
            self.say("Its pattern is all there is to see of it")
        else:
            self.say("Each looks for something else: what they do in this sentence")
        self.play(Change(self.space, self.laying_out(), rate_func=smooth, run_time=1.8))
        self.labels = [self.label(h) for h in self.carded]
        self.play(LaggedStart(*[FadeIn(label) for label in self.labels], lag_ratio=0.15, run_time=1.4))
        self.hold_at_end(1.5)

    def head_updates(self) -> None:
        """The cards go, and each head's ΔE for the followed word stands there as a strip of all its entries."""
        i, count = self.i, self.reading.count
        self.say("For ", *self.whose(i), " each head has a ΔE of ", count("count.width"), " entries, here as bars")
        others = [
            m for k in self.grid.columns if k != i for m in (self.grid.box_over(k),) if m is not self.grid.box_over(i)
        ]
        self.quiet_words = list(dict.fromkeys(others))
        self.coming(change(self.quiet_words, levels(self.quiet_words, style.DIM), run_time=0.6))
        self.place_strips()
        named = self.names_go_to_strips()
        shown = [
            FadeIn(VGroup(strip, *[part for part in label if part not in named]))
            for strip, label in zip(self.strips, self.strip_labels, strict=True)
        ]
        self.play(LaggedStart(*shown, lag_ratio=0.12, run_time=2.0))
        self.play(FadeIn(self.ruler, run_time=0.6))

    def heads_add_up(self) -> None:
        """One strip after another joins the layer's."""
        layer = self.reading.count(f"layer[{self.look.layer}]")
        bias = " and its bias" if len(self.strips) > self.trace.model.heads else ""
        self.say("Joined, entry by entry, they are what the attention of layer ", layer, bias, " adds: its ΔE")
        self.equals.set_stroke(self.style.ground, width=6, background=True).set_z_index(1)  # strips pass behind it
        self.play(FadeIn(self.equals, self.joined.axis, self.joined_name, run_time=0.6))
        self.add(self.joined)
        before = np.cumsum([np.zeros(len(self.joined.values)), *[s.values for s in self.strips]], axis=0)
        flying = [strip.copy() for strip in self.strips]
        steps = [strip.joining(self.joined, before[n]) for n, strip in enumerate(flying)]
        left = [*self.strips, *[part for label in self.strip_labels for part in label]]
        self.add(*flying)
        self.play(change(left, levels(left, style.FADED), run_time=0.5))
        run_time = min(max(0.45 * len(steps), 2.5), 5.0)
        self.play(change([*flying, self.joined], one_after_another(steps, 0.6), rate_func=linear, run_time=run_time))
        self.remove(*flying)
        self.play(FadeIn(self.joined_length, run_time=0.5))
        self.hold_at_end(1.0)

    def names_go_to_strips(self) -> list[Words]:
        """The cards go, and what each head is called goes to where its strip will stand; which of the strips' names
        are there now."""
        titles, moves, there = [], [], []
        for head, label in zip(self.carded, self.labels, strict=True):
            name = next(iter(self.strip_labels[head]), None)
            if name is not None and name.text == label[0].text:
                titles.append(label[0])
                moves.append(half_there([label[0]], becoming(label[0], name)))
                there.append(name)
        left = [part for label in self.labels for part in label if part not in titles]
        flying = [change(titles, together(*moves), run_time=1.2)] if titles else []
        self.play(FadeOut(self.space, *left, run_time=0.6), *flying)
        self.remove(*titles)
        self.add(*there)
        return there

    # --- the cards ---

    def deal_cards(self) -> None:
        """The followed head's card where its grid is, and the others behind it."""
        layer = self.look.layer
        behind = [h for h in self.carded if h != self.look.head]
        self.order = [self.look.head, *behind]
        self.cards = [Card(OneHead(self.reading, layer, h), self.card_grid, self.style) for h in self.order]
        self.play(FadeIn(self.cards[0], run_time=0.8))
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
        for share in (1.0, NEARER):
            self.space.place(self.shifts_in_depth(1.0), THETA * share, PHI * share, back)
            corners = np.concatenate([card.ground.points for card in self.cards])
            (left, bottom), (right, top) = corners[:, :2].min(axis=0), corners[:, :2].max(axis=0)
            if left < -wide or right > wide or bottom < self.over_caption or top > self.under_words:
                return False
        return True

    def turning(self, start: float, end: float) -> Callable[[float], None]:
        """A step in which the cards are seen more and more from the side."""

        def step(alpha: float) -> None:
            share = start + (end - start) * alpha
            self.space.place(
                self.shifts_in_depth(min(share, 1.0)), THETA * share, PHI * share, self.back * min(share, 1.0)
            )

        return step

    def laying_out(self) -> Callable[[float], None]:
        """A step in which the cards come side by side, as far away as makes them fit."""
        theta, phi = self.space.theta, self.space.phi
        start, scale = self.shifts_in_depth(1.0), self.card_scale
        end = np.array([[*(np.array(self.slots[h]) / scale - self.center), 0.0] for h in self.order])
        back = self.space.distance * (1 / scale - 1)

        def step(alpha: float) -> None:
            turned = max(1 - 1.6 * alpha, 0.0)
            here = start + (end - start) * alpha
            self.space.place(here, theta * turned, phi * turned, self.back + (back - self.back) * alpha)

        return step

    def label(self, head: int) -> VGroup:
        """What a head is called, under its card."""
        x, y = self.slots[head]
        plan, theme = self.card_grid.plan, self.style
        bottom = y - card_size(plan)[1] * self.card_scale / 2
        color = theme.query if head == self.look.head else theme.text
        title = Words.of(["head ", self.reading.count(f"head[{head}]")], TITLE, color).stand(x, bottom - 0.3)
        room = (plan.right - plan.left) * self.card_scale + 0.2
        for size in (NOTE, style.ENTRY_SMALLEST):
            for parts in self.called(head):
                note = Words.of(parts, size, color)
                if note.width <= room:
                    return VGroup(title, note.stand(x, bottom - 0.64))
        return VGroup(title)

    def called(self, head: int) -> list[list[str | Quantity]]:
        """What a head is called, the longer way first."""
        found = self.findings[head]
        if found is None:
            return (
                [["nothing stands out"]] if not self.reading.runs else [["nothing here stands out"], ["nothing here"]]
            )
        share = Quantity("derived", found.path, found.value, "percent", shown="attention")
        if found.kind == "attention":
            assert found.target is not None and found.source is not None  # as every finding of this kind has
            target, source = (self.reading.word(self.reading.word_of[t]) for t in (found.target, found.source))
            return [[target, " → ", source, " ", share], ["→ ", source, " ", share], [share]]
        name = {"rest": "mostly rests", "duplicate token": "same token"}.get(found.kind, found.kind)
        short = {"rest": "rests", "duplicate token": "same", "previous token": "previous"}.get(found.kind, found.kind)
        return [[name, " ", share], [short, " ", share], [short]]

    # --- the strips ---

    def place_strips(self) -> None:
        """Every head's ΔE of the followed word, the bias where there is one, and the sum of all."""
        i, theme, layer, reading = self.i, self.style, self.look.layer, self.reading
        entries, shown = range(self.trace.model.width), self.head_shown
        parts = [
            (reading.count(f"head[{h}]"), shown.head_update(h, i, entries, "")) for h in range(self.trace.model.heads)
        ]
        if np.any(self.trace.layers[layer].attention_bias):
            parts.append(("bias", shown.bias(entries, "")))
        whole = shown.update(i, entries, "")
        pitch = self.screen.room / (len(parts) + 1.6)
        pitch = min(pitch, 1.9)
        xs = [(n - (len(parts) + 0.6) / 2) * pitch for n in range(len(parts))]
        sum_x = xs[-1] + 1.6 * pitch
        largest = max(abs(float(q.value)) for _, column in [*parts, ("", whole)] for q in column)
        unit = 0.46 * pitch / (largest or 1.0)
        top, bottom = self.under_words - STRIP_GAP, self.over_caption + 1.0
        self.strips, self.strip_labels = [], []
        for (name, column), x in zip(parts, xs, strict=True):
            head = isinstance(name, Quantity)
            own = head and int(name.value) == self.look.head + 1
            color = theme.head_update if head else theme.quiet
            self.strips.append(Profile(column, (x, top), top - bottom, unit, color, theme.quiet))
            self.strip_labels.append(self.strip_label(name, x, top, bottom, pitch, theme.query if own else theme.text))
        self.joined = Profile(whole, (sum_x, top), top - bottom, unit, theme.update, theme.quiet)
        self.joined.draw(np.zeros(len(whole)))
        self.joined_name = Formula("Delta arrow(E)", 34, theme.update).move_to((sum_x, top + 0.3, 0))
        self.equals = Formula("=", 40, theme.text).move_to((sum_x - 0.8 * pitch, (top + bottom) / 2, 0))
        length = Quantity("derived", f"update_norm({layer})[{i}]", self.length_of(f"update_norm({layer})[{i}]"), ".2f")
        beside = max(label.get_right()[0] for labels in self.strip_labels for label in labels) + 0.1
        said: list[list[str | Quantity]] = [["length ", length], [length]]
        for each in said:
            self.joined_length = Words.of(each, NOTE, theme.update)
            self.joined_length.stand(min(sum_x, self.screen.right - self.joined_length.width / 2), bottom - 0.36)
            if self.joined_length.get_left()[0] >= beside:
                break
        self.ruler = self.new_ruler(whole, unit, bottom)

    def length_of(self, path: str) -> float:
        return float(self.trace.value(path))

    def strip_label(
        self, name: Quantity | str, x: float, top: float, bottom: float, pitch: float, color: str
    ) -> list[Words]:
        """A head's name over its strip and the length of its ΔE under it, as far as there is room."""
        parts = ["head ", name] if isinstance(name, Quantity) else [name]
        title = Words.of(parts, NOTE, color)
        if title.width > pitch - 0.1:
            title = Words.of([name], style.ENTRY_SMALLEST, color)
        labels = [title.stand(x, top + 0.18)] if title.width <= pitch - 0.06 else []
        if isinstance(name, Quantity):
            path = f"head_update_norm({self.look.layer})[{int(name.value) - 1},{self.i}]"
            length = Quantity("derived", path, self.length_of(path), ".2f")
            sizes = [NOTE, style.ENTRY_SMALLEST]
            tried = [Words.of(["length ", length], NOTE, color), *[Words.of([length], size, color) for size in sizes]]
            number = next((words for words in tried if words.width <= pitch - 0.1), None)
            if number is not None:
                labels.append(number.stand(x, bottom - 0.36))
        return labels

    def new_ruler(self, whole: list[Quantity], unit: float, bottom: float) -> VGroup:
        """How long a bar is: that of the largest entry of the sum, with its number; and what the numbers under the
        strips are."""
        theme = self.style
        largest = max(whole, key=lambda q: abs(float(q.value)))
        shown = Quantity(largest.kind, largest.path, largest.value, "+.2f")
        length = abs(float(largest.value)) * unit
        y = bottom - 0.75
        for before in ("under each its length; largest entry ", "numbers: lengths; largest entry "):
            words = Words.of([before, shown, ", drawn as"], style.ENTRY_SMALLEST, theme.text)
            if words.width + 0.15 + length <= self.screen.room:
                break
        left = -(words.width + 0.15 + length) / 2
        words.stand(left, y, side=-1)
        line = Line((left + words.width + 0.15, y + 0.08, 0), (left + words.width + 0.15 + length, y + 0.08, 0))
        line.set_stroke(theme.update, width=4)
        line.quantities = (largest,)
        return VGroup(words, line)
