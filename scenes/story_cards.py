"""What a story of one head begins and ends with: a title card over the sentence, and a closing card on which the
sentence stands once more, with what its words have become, and which model it was.
"""

from collections.abc import Mapping, Sequence

from manim import FadeIn, FadeOut, Mobject, Rectangle, VGroup

from soakup.scenes import style
from soakup.scenes.grid import padding
from soakup.scenes.grid_scene import GridScene
from soakup.scenes.ink import InkBar
from soakup.scenes.layer_words import mixture_in_words
from soakup.scenes.motion import becoming, change, half_there, together
from soakup.scenes.quantity import Quantity
from soakup.scenes.reading import REST_NAME
from soakup.scenes.row import box_height
from soakup.scenes.running_text import running_text
from soakup.scenes.scene import caption_lines, late
from soakup.scenes.tokens import TokenBox, fitted
from soakup.scenes.words import Words, is_blank

TITLE, TOKEN, NOTE = 84, 48, 30
APART = 0.6  # between what stands on a card
SMALLER = (1.0, 0.85, 0.7, 0.6, 0.5)  # where there is no room for that, of which
BAR = 0.2  # height of the ink under a box, for letters of size TOKEN
LINE = 1.6  # from one line of boxes with their inks to the next, in those of text
BETWEEN = 0.14  # the boxes of two words


class StoryCards(GridScene):
    """The first beat of a story and its last."""

    heading: str  # its title

    def title_card(self) -> None:
        """The sentence, under the story's title; a text that is too long to be read at once has a beat of its own."""
        theme, screen = self.style, self.screen
        if self.reading.runs:
            text = list((self.whole_text or {}).values())
        elif not (text := self.as_words(self.layout.label_size)):
            self.written = self.as_running_text(self.layout.label_size)
            text = list(self.written.values())
        title = Words(self.heading, TITLE, theme.text)
        note = Words.of(["as the model “", self.model_name(), "” reads it"], NOTE, theme.quiet)
        for card in ([title, VGroup(*text), note], [title, note]):
            height = sum(m.height for m in card) + APART * len(card[1:])
            if text and (height <= screen.top - screen.floor or not self.reading.runs):
                break
            text = []
        y = (screen.top + screen.floor + height) / 2
        for part in card:
            part.move_to((0, y - part.height / 2, 0))
            y -= part.height + APART
        what = "text" if self.reading.runs else "sentence"
        self.say(f"What a transformer does with this {what}, in its own numbers")
        self.add(title, *text)
        self.play(FadeIn(note, run_time=1.0))
        self.hold_at_end(1.2)
        # (A text that stays where it is may be told of at once.)
        going = self.coming if self.reading.runs and text else self.play
        self.afterwards(lambda: going(FadeOut(title, note, run_time=0.5)))

    def closing_card(self, said: str, own_bar: Sequence[InkBar]) -> None:
        """The sentence, under every word of whom it is a mixture now, which model read it, and where its numbers come
        from. The followed word's ink may be there already."""
        lines = self.lines_of_the_card()
        for largest in SMALLER:
            boxes = self.boxes_of_the_card(largest)
            bars = self.bars_under(boxes) if self.mixes else {}
            if self.stack_on_the_card([*boxes.values(), *bars.values()], lines):
                break
        own = boxes[next(group for group in boxes if self.i in group)].box
        frame = Rectangle(width=own.width, height=own.height).move_to(own)
        frame.set_stroke(self.style.query, width=3)

        self.say(said)
        shown = {id(m) for mobject in self.mobjects for m in mobject.get_family()}
        there = {group: box for group, box in self.grid.over.items() if id(box) in shown}
        moves = [half_there([box], becoming(box, boxes[group])) for group, box in there.items()]
        moves += [bar.moving_to(*bars[self.i].frame) for bar in own_bar]
        new = [FadeIn(box, run_time=1.4, rate_func=late) for group, box in boxes.items() if group not in there]
        self.play(change([*there.values(), *own_bar], together(*moves), run_time=1.4), *new)
        self.remove(*there.values(), *own_bar)
        self.add(*[boxes[group] for group in there])
        if own_bar:
            self.mixing(self.i, bars[self.i])(1.0)
            self.add(bars[self.i])
        self.play(FadeIn(frame, *[bar for bar in bars.values() if bar not in self.mobjects], run_time=0.6))
        mixing = [self.mixing(i, bar) for i, bar in bars.items()]
        self.play(change(bars.values(), together(*mixing), run_time=1.2), FadeIn(*lines, run_time=1.0))
        self.hold_at_end(2.5)

    # --- what stands on them ---

    def model_name(self) -> Quantity:
        return Quantity("text", "model", self.trace.model.name, "s", shown="model")

    def boxes_of_the_card(self, largest: float) -> dict[tuple[int, ...], TokenBox]:
        """Every word in its box, and what stands folded, in lines; its letters are at most so much of TOKEN."""
        reading, theme = self.reading, self.style
        parts = {g: [REST_NAME] if g[0] == reading.rest else reading.label(g) for g in self.grid.row_groups}
        labels = {}
        for group, part in parts.items():
            quiet = group[0] == reading.rest or group[0] in reading.runs or is_blank(part)
            labels[group] = Words.of(part, TOKEN, theme.quiet if quiet else theme.text)
        widths = [max(label.width + 2 * padding(TOKEN), 0.3) for label in labels.values()]
        gaps = [0.0 if self.is_joined(group) else BETWEEN for group in labels]
        against = reading.against(list(labels))
        points, larger = running_text(widths, gaps, self.screen.room, 0.0, largest, reading.from_the_right, against)
        height = box_height(TOKEN)
        scale, baseline = fitted(list(labels.values()), height)
        boxes = {}
        for (group, label), width, (x, y) in zip(labels.items(), widths, points, strict=True):
            box = TokenBox(label.scale(scale), -width / 2, width / 2, 0, height, theme, baseline)
            box.tint(self.ink(group[-1]))
            boxes[group] = box.scale(larger).move_to((x, LINE * largest * y, 0))
        self.larger = larger
        return boxes

    def is_joined(self, group: Sequence[int]) -> bool:
        """Whether a box shares its edge with the one before it."""
        hidden = self.reading.hidden
        return (
            not {group[0], group[0] - 1} & hidden and group[0] != self.reading.rest and self.reading.goes_on(group[0])
        )

    def bars_under(self, boxes: Mapping[tuple[int, ...], TokenBox]) -> dict[int, InkBar]:
        """Under every box of the text the ink of the last token in it, as it enters the layer."""
        bars = {}
        for group, box in boxes.items():
            if group[0] != self.reading.rest and group[0] not in self.reading.runs:
                x, y, _ = box.box.get_bottom()
                height = BAR * self.larger
                bars[group[-1]] = self.ink_bar(group[-1]).place(x, y - height, box.box.width, height)
        return bars

    def lines_of_the_card(self) -> list[Words]:
        """Of whom the followed word is a mixture now, or where that is not known whom it looked at; and which model it
        was."""
        count, theme = self.reading.count, self.style
        told = mixture_in_words(self.reading, self.look.layer + 1, self.i) if self.mixes else self.look_in_words()
        shape = ["“", self.model_name(), "”: ", count("count.layers"), " layers of ", count("count.heads"), " heads"]
        size = [count("count.parameters"), " parameters"]
        model = [shape, size] if self.screen.narrow else [[*shape, ", ", *size]]
        told_of = [told, *model]
        lines, width = [], self.screen.room * style.CAPTION / NOTE  # at the size of captions
        for n, parts in enumerate(told_of):
            color = theme.quiet if n else theme.text
            for text, used in caption_lines(parts, width, tall=True)[0]:
                lines.append(Words(text, NOTE, color, used))
        return lines

    def stack_on_the_card(self, sentence: Sequence[Mobject], lines: Sequence[Words]) -> bool:
        """The sentence over the lines, all of it in the middle of what the counter and the caption leave; whether there
        is room for it."""
        points = [m.get_top()[1] for m in sentence], [m.get_bottom()[1] for m in sentence]
        top, bottom = max(points[0]), min(points[1])
        step = 0.5
        height = top - bottom + APART + step * len(lines)
        room = self.counter.get_bottom()[1] - 0.1, self.screen.floor
        middle = (room[0] + room[1]) / 2
        for mobject in sentence:
            mobject.shift((0, middle + height / 2 - top, 0))
        y = middle + height / 2 - (top - bottom) - APART
        for n, line in enumerate(lines):
            line.stand(0, y - step * (n + 0.7))
        return height <= room[0] - room[1]
