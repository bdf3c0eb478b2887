"""What fast_drawing shows is what Manim shows, frame by frame, for whatever a scene may hold."""

import threading
from itertools import product

import numpy as np
import pytest
from manim import (
    BLUE,
    DOWN,
    GREEN,
    LEFT,
    ORIGIN,
    OUT,
    PI,
    RED,
    RIGHT,
    TAU,
    UP,
    WHITE,
    YELLOW,
    Animation,
    Annulus,
    Arrow,
    CapStyleType,
    ChangeDecimalToValue,
    Circle,
    Create,
    DecimalNumber,
    Dot,
    Dot3D,
    DrawBorderThenFill,
    FadeIn,
    FadeOut,
    GrowFromCenter,
    ImageMobject,
    Indicate,
    Integer,
    LaggedStart,
    Line,
    LineJointType,
    ManimColor,
    MathTypst,
    Mobject,
    MovingCameraScene,
    PointCloudDot,
    ReplacementTransform,
    Restore,
    Rotate,
    Scene,
    Square,
    Star,
    Succession,
    Text,
    ThreeDScene,
    TracedPath,
    Transform,
    Triangle,
    ValueTracker,
    VGroup,
    VMobject,
    Write,
    ZoomedScene,
    always_redraw,
    linear,
    tempconfig,
)
from manim.renderer.cairo_renderer import CairoRenderer

from soakup.drawing import fast
from soakup.drawing.fast import changed_rows, fast_drawing

pytestmark = pytest.mark.usefixtures("drawing_by")


@pytest.fixture(autouse=True)
def small(tmp_path):
    """Small frames, and few: 8 a second."""
    settings = {
        "pixel_width": 320,
        "pixel_height": 180,
        "frame_rate": 8,
        "media_dir": str(tmp_path),
        "disable_caching": True,
        "progress_bar": "none",
        "verbosity": "ERROR",
        "renderer": "cairo",
        "dry_run": True,
    }
    with tempconfig(settings):
        yield


class Frames(list):
    """Takes the frames of a scene, and checks what is said of their changes."""

    def __init__(self, scene: Scene) -> None:
        self.renderer = scene.renderer
        self.renderer.add_frame = self.add

    def add(self, frame: np.ndarray, num_frames: int = 1) -> None:
        rows = changed_rows(self.renderer)
        if self and rows is not None:
            same = np.ones(len(frame), dtype=bool)
            same[rows] = False
            assert (frame[same] == self[-1][same]).all()
        self.extend([frame] * num_frames)


def frames(scene_class: type[Scene]) -> Frames:
    np.random.seed(1)
    scene = scene_class()
    taken = Frames(scene)
    scene.render()
    return taken


def assert_as_manim(scene_class: type[Scene]) -> Frames:
    theirs = frames(scene_class)
    with fast_drawing():
        ours = frames(scene_class)
    assert len(ours) == len(theirs) > 0
    assert len({frame.tobytes() for frame in theirs}) > 1 or len(theirs) == 1, "a scene in which nothing moves"
    difference = np.abs(np.array(theirs, dtype=np.int16) - np.array(ours))
    assert difference.max() == 0
    return ours


def scene(construct, base: type[Scene] = Scene) -> type[Scene]:
    return type(construct.__name__, (base,), {"construct": construct})


# --- what the canvas draws itself ---


def test_fills_strokes_and_their_backgrounds():
    def construct(self):
        shapes = VGroup(
            Circle(color=BLUE, fill_opacity=0.5, stroke_width=8),
            Square(color=RED, fill_opacity=1, stroke_opacity=0.3),
            Text("ink", font_size=60).set_stroke(YELLOW, 6, background=True),
            Annulus(0.3, 0.6, fill_opacity=0.8, color=GREEN),
            Line(ORIGIN, UP).set_stroke(WHITE, 0.4),
        ).arrange(RIGHT)
        self.add(shapes)
        self.play(shapes.animate.shift(UP).set_opacity(0.4), run_time=0.5)
        self.play(Rotate(shapes, PI / 5), run_time=0.5)

    assert_as_manim(scene(construct))


def test_gradients_and_sheen():
    def construct(self):
        group = VGroup(
            Square(fill_opacity=1).set_fill([RED, BLUE]).set_sheen_direction(UP + RIGHT),
            Circle(fill_opacity=1, color=GREEN).set_sheen(-0.5, DOWN),
            Star().set_stroke([YELLOW, RED, BLUE], 10),
        ).arrange(RIGHT)
        nested = Square(2, fill_opacity=0.3).set_fill([GREEN, RED])
        nested.add(Dot(3 * LEFT))  # the gradient spans the whole family
        self.add(nested)
        self.play(group.animate.shift(DOWN), nested.animate.scale(1.3), run_time=0.5)

    assert_as_manim(scene(construct))


def test_joints_and_caps():
    def construct(self):
        corners = [[-1, 0, 0], [0, 2, 0], [0.2, 0, 0], [1, 1.8, 0]]
        group = VGroup(
            *[
                VMobject(joint_type=joint, stroke_width=14).set_points_as_corners(np.array(corners)).set_cap_style(cap)
                for joint, cap in zip(LineJointType, CapStyleType, strict=True)
            ]
        ).arrange(RIGHT)
        self.add(Star(9, outer_radius=3, density=4, stroke_width=12, joint_type=LineJointType.MITER))
        self.play(group.animate.shift(DOWN).scale(0.6), run_time=0.5)

    assert_as_manim(scene(construct))


def test_order_and_z_index():
    def construct(self):
        shapes = [Square(fill_opacity=1, color=c).shift(0.4 * i * RIGHT) for i, c in enumerate((RED, GREEN, BLUE))]
        self.add(*shapes)
        self.play(shapes[0].animate.set_z_index(3).shift(UP), run_time=0.3)
        self.bring_to_back(shapes[2])
        self.play(shapes[1].animate.shift(DOWN), run_time=0.3)
        self.add_foreground_mobject(shapes[2])
        self.play(Rotate(shapes[0]), run_time=0.3)
        self.remove(shapes[1])
        self.play(FadeIn(Dot(radius=1)), run_time=0.3)

    assert_as_manim(scene(construct))


def test_drawing_writing_growing_and_fading():
    def construct(self):
        words = Text("fluffy").shift(UP)
        self.play(Write(words), run_time=0.6)
        star = Star(fill_opacity=0.5)
        self.play(DrawBorderThenFill(star), Create(Square(3)), run_time=0.6)
        dots = VGroup(*[Dot(i * RIGHT) for i in range(-3, 4)])
        self.play(LaggedStart(*[GrowFromCenter(d) for d in dots], lag_ratio=0.3), run_time=0.6)
        self.play(Indicate(words), FadeOut(star, shift=DOWN, scale=2), run_time=0.5)
        self.play(Succession(FadeOut(dots[0]), FadeOut(dots[1], shift=UP)), run_time=0.5)

    assert_as_manim(scene(construct))


def test_transforms_of_any_shape_to_any_other():
    def construct(self):
        a, b = Text("creature"), VGroup(Square(), Circle(fill_opacity=1)).arrange(RIGHT)
        self.add(a)
        self.play(Transform(a, b, path_arc=PI / 2), run_time=0.5)
        c = Triangle().set_fill([RED, GREEN], opacity=1)
        self.play(ReplacementTransform(a, c), run_time=0.5)
        c.save_state()
        self.play(c.animate.become(Circle().scale(2).set_stroke(RED, 12)), run_time=0.5)
        self.play(Restore(c), run_time=0.5)
        self.play(c.animate(lag_ratio=0.5).apply_function(lambda p: p + np.sin(p[0]) * UP), run_time=0.4)

    assert_as_manim(scene(construct))


def test_numbers_count_to_the_same_pixels():
    def construct(self):
        usual = DecimalNumber(1.5, mob_class=MathTypst)
        signed = DecimalNumber(-9.8, include_sign=True, num_decimal_places=1, mob_class=MathTypst, color=YELLOW)
        large = Integer(98765, mob_class=MathTypst, font_size=30, group_with_commas=True, edge_to_fix=RIGHT)
        turned = DecimalNumber(3, mob_class=MathTypst, stroke_width=1).set_color_by_gradient(RED, BLUE)
        numbers = VGroup(usual, signed, large, turned).arrange(DOWN)
        self.play(FadeIn(numbers), run_time=0.4)
        to = [-10.25, 10.4, 1234567, -0.001]
        self.play(*[ChangeDecimalToValue(n, value) for n, value in zip(numbers, to, strict=True)], run_time=1)
        self.play(numbers.animate.scale(0.7).set_opacity(0.5), run_time=0.4)

    assert_as_manim(scene(construct))


def test_a_number_says_the_same_of_itself():
    def state():
        number = DecimalNumber(0.5, mob_class=MathTypst).scale(1.7).shift(RIGHT).set_color(RED)
        number.set_value(-1234.5678)
        number.set_opacity(0.5).set_value(7)
        parts = [[m.get_center(), m.height, m.fill_rgbas, m.stroke_rgbas, m.stroke_width] for m in number]
        return number.number, number.font_size, number.get_center(), number.width, number.get_fill_opacity(), *parts

    theirs = state()
    with fast_drawing():
        ours = state()
    for a, b in zip(theirs, ours, strict=True):
        for x, y in zip(
            np.atleast_1d(np.array(a, dtype=object)), np.atleast_1d(np.array(b, dtype=object)), strict=True
        ):
            np.testing.assert_allclose(np.array(x, dtype=float), np.array(y, dtype=float), atol=1e-9)


def test_a_hold_hands_out_the_same_frame_again():
    def construct(self):
        self.play(FadeIn(Circle()), run_time=0.25)
        self.play(Animation(Mobject()), run_time=0.5)
        self.wait(0.5)

    taken = assert_as_manim(scene(construct))
    assert len({id(frame) for frame in taken[-8:]}) == 1


def test_a_frame_that_is_kept_is_not_drawn_over():
    def construct(self):
        self.play(Rotate(Square(fill_opacity=1)), run_time=3)

    kept: list[tuple[np.ndarray, bytes]] = []
    shown = set()
    with fast_drawing():
        stage = scene(construct)()

        def take(frame: np.ndarray, num_frames: int = 1) -> None:
            shown.add(id(frame))
            if len(kept) < 5:
                kept.append((frame, frame.tobytes()))

        stage.renderer.add_frame = take
        stage.render()
    assert all(frame.tobytes() == before for frame, before in kept)
    assert len(shown) < 10  # and those that nobody kept served again


def test_degenerate_shapes():
    def construct(self):
        self.add(VMobject(), Text(""), VGroup(VGroup()), Dot(radius=0), Line(ORIGIN, ORIGIN), Circle(radius=1e-9))
        broken = Square()
        broken.points = broken.points.copy()
        broken.points[3] = np.nan
        single = VMobject(fill_opacity=1)
        single.points = np.zeros((1, 3))
        self.add(broken, single)
        shared = Circle(0.4, fill_opacity=1)
        self.add(VGroup(VGroup(shared), shared))
        self.play(Rotate(Square(fill_opacity=0.5)), run_time=0.5)

    assert_as_manim(scene(construct))


def test_a_background_colour_changed_on_the_way():
    def construct(self):
        circle = Circle(fill_opacity=1)
        self.play(FadeIn(circle), run_time=0.3)
        self.camera.background_color = BLUE
        self.play(circle.animate.shift(UP), run_time=0.3)
        self.wait(0.3)

    assert_as_manim(scene(construct))


# --- what Manim draws, among what the canvas draws ---


def test_images():
    def construct(self):
        image = ImageMobject(np.arange(3 * 4 * 3, dtype=np.uint8).reshape(3, 4, 3) * 7).scale(30)
        self.add(Square(3, fill_opacity=0.5), image, Circle(fill_opacity=0.7))
        self.play(image.animate.shift(RIGHT), run_time=0.5)

    assert_as_manim(scene(construct))


def test_point_clouds():
    def construct(self):
        cloud = PointCloudDot(radius=0.7, color=YELLOW)
        self.add(Square(fill_opacity=0.5), cloud, Circle())
        self.play(cloud.animate.shift(UP), run_time=0.5)

    assert_as_manim(scene(construct))


def test_shapes_filled_with_an_image(tmp_path):
    from PIL import Image

    Image.fromarray(np.random.default_rng(0).integers(0, 255, (180, 320, 4), dtype=np.uint8)).save(tmp_path / "a.png")

    def construct(self):
        square = Square(fill_opacity=1).color_using_background_image(str(tmp_path / "a.png"))
        self.add(square, Circle())
        self.play(square.animate.shift(UP), run_time=0.4)

    assert_as_manim(scene(construct))


def test_mobjects_that_choose_their_own_colours_and_widths():
    class Blinking(Square):
        def get_fill_rgbas(self):
            return np.array([[1.0, abs(self.get_center()[1]) % 1, 0.0, 1.0]])

    class Swelling(Circle):
        def get_stroke_width(self, background=False):
            return 0 if background else 5 + 10 * abs(self.get_center()[1])

    def construct(self):
        group = VGroup(Blinking(), Swelling(), Square()).arrange(RIGHT)
        self.play(group.animate.shift(UP), run_time=0.5)

    assert_as_manim(scene(construct))


def test_updaters_and_redrawn_mobjects():
    def construct(self):
        tracker = ValueTracker(0)
        dot = Dot().add_updater(lambda d: d.move_to([np.cos(tracker.get_value()), np.sin(tracker.get_value()), 0]))
        label = DecimalNumber(0, mob_class=MathTypst).add_updater(lambda n: n.set_value(tracker.get_value()))
        label.add_updater(lambda n: n.next_to(dot, UP))
        trace = TracedPath(dot.get_center, stroke_width=5)
        arrow = always_redraw(lambda: Arrow(ORIGIN, dot.get_center() * 2, color=YELLOW))
        turning = Square(0.5).add_updater(lambda m, dt: m.rotate(dt))
        self.add(tracker, dot, label, trace, arrow, turning)
        self.play(tracker.animate.set_value(TAU), run_time=1, rate_func=linear)
        self.wait(0.5)

    assert_as_manim(scene(construct))


def test_moving_cameras():
    def construct(self):
        self.camera.frame.save_state()
        square = Square(fill_opacity=0.5).set_stroke([RED, BLUE], 10)
        self.add(square, Text("near").shift(RIGHT * 2))
        self.play(self.camera.frame.animate.scale(0.4).move_to(square), run_time=0.5)
        self.play(square.animate.shift(LEFT), Restore(self.camera.frame), run_time=0.5)
        self.play(Rotate(square), run_time=0.3)

    assert_as_manim(scene(construct, MovingCameraScene))


def test_cameras_with_several_views():
    def construct(self):
        self.add(Square(fill_opacity=0.5), Dot(color=RED))
        self.activate_zooming(animate=False)
        self.play(self.zoomed_camera.frame.animate.shift(RIGHT), run_time=0.4)

    assert_as_manim(scene(construct, ZoomedScene))


def test_three_dimensional_scenes():
    def construct(self):
        self.set_camera_orientation(phi=PI / 4, theta=-PI / 4)
        label = Text("up")
        self.add_fixed_in_frame_mobjects(label)
        self.add(Dot3D(), Square(fill_opacity=0.5))
        self.begin_ambient_camera_rotation(rate=1)
        self.wait(0.4)
        self.stop_ambient_camera_rotation()
        self.play(label.animate.shift(UP), run_time=0.3)

    assert_as_manim(scene(construct, ThreeDScene))


@pytest.mark.parametrize("sheen", [0, 0.4])
def test_colours_are_read_as_manim_reads_them(sheen):
    shape = VMobject(sheen_factor=sheen)
    colours = [None, RED, "#FF8800", "#f80", "RED", ManimColor("#12345678"), [RED, BLUE], 255]
    for color, opacity in product(colours, [None, 0, 1, 0.3, np.float64(0.7), [0.2, 0.8]]):
        theirs = shape.generate_rgbas_array(color, opacity)
        with fast_drawing():
            ours = shape.generate_rgbas_array(color, opacity)
        assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
        assert (ours == theirs).all()


class Padded(Square):
    """A mobject that says itself how far it reaches."""

    def reduce_across_dimension(self, reduce_func, dim):
        return reduce_func([-7.0, 7.0])


def test_how_far_a_mobject_reaches_is_what_manim_says():
    unfinished = VMobject().set_points_as_corners([LEFT, UP, RIGHT])
    unfinished.points = unfinished.points[:-1]
    lone = VMobject()
    lone.points = np.array([[3.0, -2.0, 1.0]])
    whole = VGroup(
        Circle().shift(LEFT),
        VGroup(Text("reach"), VGroup()),
        lone,
        DecimalNumber(-1.25, mob_class=MathTypst).shift(DOWN),
    )
    for mobject in (*whole, whole, VMobject(), VGroup(VMobject(), Square()), VGroup(Dot(), Padded())):
        asked = [lambda m, d=d: m.get_critical_point(d) for d in (UP, DOWN + LEFT, ORIGIN, OUT)]
        asked += [lambda m, k=k: m.length_over_dim(k) for k in range(3)]
        theirs = [ask(mobject) for ask in asked]
        with fast_drawing():
            ours = [ask(mobject) for ask in asked]
        assert all((np.array(a) == np.array(b)).all() for a, b in zip(theirs, ours, strict=True))
    assert whole.width > 4
    for measured in (lambda: unfinished.get_top(), lambda: VMobject().add(unfinished).get_top()):
        with pytest.raises(ValueError), fast_drawing():  # as Manim does
            measured()


def test_families_that_go_in_circles():
    a, b = VGroup(Dot()), VGroup(Dot(RIGHT))
    a.submobjects.append(b)
    b.submobjects.append(a)
    theirs = a.get_family()
    with fast_drawing():
        assert set(a.get_family()) == set(theirs)


# --- Manim outside ---


def test_manim_is_as_it_was_afterwards():
    before = {(owner, name): vars(owner)[name] for owner, name, _ in fast._patches()}
    with pytest.raises(KeyError), fast_drawing():
        assert CairoRenderer.update_frame is not before[CairoRenderer, "update_frame"]
        with fast_drawing():
            raise KeyError
    assert {(owner, name): vars(owner)[name] for owner, name, _ in fast._patches()} == before


def test_blocks_of_several_threads_may_overlap():
    before = CairoRenderer.update_frame
    entered, leave = threading.Event(), threading.Event()

    def other():
        with fast_drawing():
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    with fast_drawing():
        thread.start()
        assert entered.wait(10)
    assert CairoRenderer.update_frame is not before
    leave.set()
    thread.join(10)
    assert CairoRenderer.update_frame is before
