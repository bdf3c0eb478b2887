"""The layout audit finds each kind of fault where it is, and none where it is not."""

import pytest
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Circle,
    Create,
    FadeIn,
    FadeOut,
    Line,
    MovingCameraScene,
    Rectangle,
    Scene,
    Square,
    VGroup,
)

from soakup.check import check
from soakup.drawing.numbers import Change, Number
from soakup.scenes.formula import Formula
from soakup.scenes.scene import Beat, TraceScene
from soakup.scenes.words import Words

WHITE = "#FFFFFF"


def words(text, x=0.0, y=0.0, size=40, color=WHITE):
    return Words(text, size, color).stand(x, y)


def faults(act, base=Scene):
    """What is wrong with a scene that does this."""

    class Acted(base):
        def construct(self):
            act(self)

    return check(Acted).faults


def rules(act, base=Scene):
    return [fault.rule for fault in faults(act, base)]


def still(*mobjects):
    def act(scene):
        scene.add(*mobjects)
        scene.wait(1)

    return act


# --- one moment ---


def test_text_on_text():
    (found,) = faults(still(words("king"), words("queen", x=0.4)))
    assert (found.rule, found.objects) == ("text on text", ("“king”", "“queen”"))
    assert faults(still(words("king"), words("queen", x=2.5), words("knight", y=-0.6))) == []


def test_text_on_a_part_of_a_formula():
    line = Formula("Q K", 54, WHITE)
    part = line.part("Q", [0])
    (found,) = faults(still(part, words("note", *part.get_center()[:2])))
    assert (found.rule, found.objects) == ("text on text", ("“Q”", "“note”"))
    assert rules(still(line.part("Q", [0]), line.part("K", [1]))) == []


def test_the_same_text_may_part_from_itself():
    def act(scene):
        word = words("king")
        scene.add(word, word.copy())
        scene.play(word.animate.shift(UP * 2))
        scene.wait(1)

    assert faults(act) == []


def test_a_line_through_text():
    line = Line(LEFT * 2, RIGHT * 2).shift(UP * 0.1)
    (found,) = faults(still(words("king"), line))
    assert found.rule == "text crossed"
    assert found.message == "the line near “king” runs through “king”"
    assert rules(still(line, words("king"))) == ["text crossed"]  # behind it is no better


def test_a_box_round_text_does_not_cross_it():
    word = words("king")
    box = Rectangle(width=word.width + 0.2, height=0.6, fill_opacity=0.15).move_to(word)
    assert faults(still(box, word)) == []
    assert rules(still(box.copy().stretch_to_fit_width(0.7 * word.width), word)) == ["text crossed"]


def test_what_lies_in_front_of_text_crosses_it():
    word, disc = words("king"), Circle(0.4, fill_opacity=1, stroke_width=0, color="#000080")
    assert rules(still(word, disc)) == ["text crossed"]
    assert faults(still(disc.copy().scale(3), word)) == []


def test_text_with_a_halo_may_lie_over_lines():
    word = words("king").set_stroke("#000000", width=5, background=True)
    assert faults(still(Line(LEFT * 2, RIGHT * 2).shift(UP * 0.1), word)) == []


def test_a_faint_line_is_not_seen():
    assert faults(still(words("king"), Line(LEFT, RIGHT, stroke_opacity=0.1))) == []


@pytest.mark.parametrize(("x", "y"), [(6.6, 0), (-6.6, 0), (0, 3.5), (0, -3.8)])
def test_text_past_the_margin(x, y):
    (found,) = faults(still(words("king", x, y)))
    assert (found.rule, found.objects) == ("outside the frame", ("“king”",))
    assert faults(still(words("king", 0.9 * x, 0.9 * y))) == []


def test_graphics_past_the_edge():
    assert rules(still(Square(1).shift(RIGHT * 6.7))) == ["outside the frame"]
    assert faults(still(Square(1).shift(RIGHT * 6.5))) == []  # graphics may stand in the margin


def test_the_camera_may_move_over_things():
    def act(scene, cut=False):
        scene.add(words("king"), words("queen", x=5 if cut else 9), Square(1).shift(LEFT * 9))
        scene.camera.frame.move_to(LEFT * 2)
        scene.wait(1)

    assert faults(act, MovingCameraScene) == []
    (found,) = faults(lambda scene: act(scene, cut=True), MovingCameraScene)
    assert found.message == "“queen” is cut off by the camera"


def test_small_text():
    (found,) = faults(still(words("king", size=18)))
    assert found.rule == "too small"
    assert found.message == "“king” is set so small that digits are 17 pixels high at 1080p"
    assert rules(still(words("king", size=30).scale(0.6))) == ["too small"]
    assert rules(still(Number("+1.5", 30).scale(0.6))) == ["too small"]
    assert faults(still(words("king", size=22), Number("+1.5", 22, (2, 0, 0)))) == []


def test_small_text_that_grows_is_not_too_small():
    def act(scene):
        scene.play(FadeIn(words("king"), scale=0.3))
        scene.wait(1)

    assert faults(act) == []


def test_faint_text():
    assert rules(still(words("king", color="#606060"))) == ["too faint"]
    assert faults(still(words("king", color="#808080"))) == []


def test_contrast_is_to_what_is_really_behind():
    panel = Rectangle(width=3, height=2, fill_opacity=0.5, fill_color=WHITE, stroke_width=0)
    assert faults(still(panel.copy().set_fill(opacity=0.28), words("king"))) == []
    (found,) = faults(still(panel, words("king")))
    assert found.message == "“king” has a contrast of 4.0 to what is behind it, not 4.5"
    # Half of the word is enough.
    assert rules(still(panel.shift(LEFT * 1.5), words("king"))) == ["too faint"]


def test_dimmed_text_may_be_faint():
    assert faults(still(words("king").set_opacity(0.25))) == []


def test_an_uneven_row():
    (found,) = faults(still(words("king"), words("gave", x=1.5, y=0.05)))
    assert found.rule == "uneven row"
    assert faults(still(words("on"), words("gap", x=1.5), words("up", y=-0.9))) == []
    assert rules(still(Number("+1.5", 24), Number("−2.5", 24, (0.9, 0.04, 0)))) == ["uneven row"]


def test_words_written_upwards_have_no_line_to_stand_on():
    assert faults(still(words("king").rotate(1.5708), words("queen", x=0.6).rotate(1.5708))) == []


# --- two moments ---


def test_a_jump_between_plays():
    def act(scene):
        word = words("king")
        scene.add(word)
        scene.wait(1)
        word.shift(RIGHT)
        scene.wait(1)

    (found,) = faults(act)
    assert (found.rule, found.time) == ("jump", 1.0)
    assert found.message == "“king” jumps 1.00 units"


def test_a_jump_within_a_play():
    def act(scene, step):
        square = Square(1)
        scene.add(square)
        scene.play(Change(square, lambda alpha: square.move_to((step(alpha), 0, 0)), run_time=2))

    assert rules(lambda scene: act(scene, lambda alpha: 2.0 * (alpha > 0.5))) == ["jump"]
    assert rules(lambda scene: act(scene, lambda alpha: 2.0 * (alpha >= 1))) == ["jump"]
    assert rules(lambda scene: act(scene, lambda alpha: 9 * alpha - 4)) == []


def test_fast_moves_are_no_jumps():
    def act(scene):
        square = Square(1).shift(LEFT * 5)
        scene.add(square)
        scene.play(square.animate.shift(RIGHT * 10), run_time=0.4)
        scene.play(FadeIn(words("king", y=2), run_time=0.2), FadeOut(square, run_time=0.25), run_time=1)
        scene.wait(1)

    assert faults(act) == []


def test_coming_and_going_at_once():
    def act(scene):
        scene.wait(1)
        scene.add(words("king"))
        scene.wait(1)
        scene.clear()
        scene.wait(1)

    assert [(fault.message, fault.time) for fault in faults(act)] == [
        ("“king” is there without a play", 1.0),
        ("“king” is gone without a play", 2.0),
    ]


def test_coming_and_going_in_a_play():
    def act(scene):
        word, line = words("king"), Line(LEFT, RIGHT).shift(DOWN)
        scene.play(FadeIn(word), Create(line))
        scene.play(FadeOut(word, line))
        scene.wait(1)

    assert faults(act) == []


def test_a_copy_may_take_the_place_of_what_it_copies():
    def act(scene):
        group = VGroup(words("king"), Square(2))
        scene.add(group)
        scene.wait(1)
        scene.remove(group)
        scene.add(*[m.copy() for m in group])
        scene.wait(1)

    assert faults(act) == []


def test_another_colour_at_once():
    def act(scene):
        square = Square(1)
        scene.add(square)
        scene.wait(1)
        square.set_color("#FF0000")
        scene.wait(1)

    (found,) = faults(act)
    assert found.message == "the square changes its colour or brightness at once"


# --- captions ---


class Told(TraceScene):
    seconds = 5.0

    def setup(self):
        self.trace = Untold()
        super().setup()

    def story(self):
        yield Beat("first", self.first)
        yield Beat("second", self.second)

    def first(self):
        self.say("A caption of six words stands here")
        self.play(FadeIn(Square(1)))

    def second(self):
        self.say("Gone")
        self.wait(1)

    def hold(self, least=0.8):
        self.wait(self.seconds)


class Untold:
    """Stands for a trace where a scene asks it nothing."""

    class model:
        layers = heads = 1


def test_a_caption_that_goes_too_soon():
    class Hasty(Told):
        seconds = 0.5

    (found,) = [fault for fault in check(Hasty).faults if "six words" in fault.message]
    assert (found.rule, found.beat) == ("caption too short", "first")
    assert found.message.endswith("can be read for 1.0 s and needs 2.1 s")
    assert check(Told).faults == []


def test_a_caption_that_is_never_there():
    class Hushed(Told):
        def first(self):
            self.say("A caption of six words stands here")
            self.hush()
            self.play(FadeIn(Square(1)))

    (found,) = check(Hushed).faults
    assert (found.rule, found.beat) == ("caption too short", "first")
    assert found.message == "“A caption of six words stands here” can never be read"


def test_our_own_holds_are_long_enough_to_read():
    class Ours(Told):
        hold = TraceScene.hold

    assert check(Ours).faults == []


# --- the whole ---


def test_a_fault_is_said_once_with_its_time_and_beat():
    class Long(Told):
        def first(self):
            self.add(words("king", y=2), words("queen", x=0.4, y=2))
            super().first()

    found, again = check(Long).faults
    assert (found.beat, found.time, again.beat) == ("first", 0, "second")
    assert str(found).startswith("0.0–6.0 s · first · text on text: “king” and “queen” lie on each other")


def test_numbers_are_named_by_what_they_belong_to():
    number = Number("+4.5", 20, (0, -1, 0))
    (found,) = faults(still(words("king"), number, words("queen", x=2)))
    assert found.objects == ("“+4.5” by “king”",)
