"""A film is the same however many processes draw it, what is finished is not drawn again, and no process is left."""

import errno
import os
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from soakup import film, fingerprint, segment_cache, segments
from soakup.drawing.encoding import EncodingError
from soakup.errors import OutputError, SceneFault, StudioError
from soakup.scene_file import SceneFile
from soakup.segment_cache import SegmentCache

HEAD = "from manim import *\nconfig.pixel_width, config.pixel_height, config.frame_rate = 128, 72, 10\n"

# Scenes whose state depends on how it came about, each in its own way.
BODIES = {
    "plain": """
        square = Square(color=YELLOW, fill_opacity=1)
        self.play(FadeIn(square), run_time=0.7)
        self.play(LaggedStart(square.animate.shift(LEFT), FadeIn(Circle()), lag_ratio=0.3, run_time=2.3))
        self.wait(0.5)
        self.play(Succession(Rotate(square, 1), square.animate.scale(0.3), FadeOut(square)), run_time=1.3)
        self.wait(0.3)""",
    "updaters": """
        dot, label = Dot(), Square(0.4)
        dot.add_updater(lambda m, dt: m.shift(RIGHT * dt))
        label.add_updater(lambda m: m.next_to(dot, UP))
        self.add(dot, label)
        self.wait(2.1)
        self.play(FadeIn(Square(2)), run_time=1.1)
        self.next_section("and then")
        self.wait(1)
        self.next_section("left out", skip_animations=True)
        self.wait(1)
        self.next_section("and at last")
        self.wait(0.5)""",
    "a walk": """
        dot = Dot()
        self.add(dot)
        self.play(UpdateFromFunc(dot, lambda m: m.shift(np.random.uniform(-0.4, 0.4, 3))), run_time=2.3)
        import random
        self.play(dot.animate.shift(UP * random.random()), run_time=1)
        self.wait(0.5)""",
    "until": """
        tracker = ValueTracker(0)
        tracker.add_updater(lambda m, dt: m.increment_value(dt))
        self.add(tracker, Square())
        self.wait(20, stop_condition=lambda: tracker.get_value() > 2.4)
        self.play(Rotate(self.mobjects[-1], PI / 5), run_time=0.5)""",
    "numbers": """
        number = DecimalNumber(0, mob_class=Text)
        self.add(number)
        self.play(ChangeDecimalToValue(number, 7), run_time=2.2)
        self.wait(0.4)
        self.play(number.animate.set_value(3), run_time=0.5)""",
}


def source(body: str, base: str = "Scene") -> str:
    return f"{HEAD}class Mine({base}):\n    def construct(self):\n{body}\n"


def pictures(path: Path) -> list[bytes]:
    with av.open(path) as opened:
        return [frame.to_ndarray().tobytes() for frame in opened.decode(video=0)]


@pytest.mark.parametrize("body", BODIES)
def test_a_film_is_the_same_for_any_number_of_processes(in_tmp, scene_file, monkeypatch, body):
    file = SceneFile(scene_file(source(BODIES[body])))
    by_three = film.render(file, Path("three.mp4"), jobs=3, cache=False)
    by_one = film.render(file, Path("one.mp4"), jobs=1, cache=False)
    for one, three in zip(by_one.files, by_three.files, strict=True):
        assert one.read_bytes() == three.read_bytes()
    monkeypatch.setattr(segments, "FORKS", False)
    unforked = film.render(file, Path("unforked.mp4"), cache=False)
    assert len(pictures(unforked.path)) == round(by_one.manifest["duration"] * 10) >= 28
    for one, other in zip(by_one.files, unforked.files, strict=True):
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize(
    ("base", "body"),
    [
        ("MovingCameraScene", "self.play(self.camera.frame.animate.scale(0.3), run_time=2.2)"),
        ("ThreeDScene", "self.begin_ambient_camera_rotation(1); self.wait(2.2)"),
    ],
)
def test_cameras_that_move_are_where_they_should_be(in_tmp, scene_file, monkeypatch, base, body):
    lines = f"        self.add(Square(2, color=WHITE, fill_opacity=1))\n        {body}\n        self.wait(0.5)"
    file = SceneFile(scene_file(source(lines, base)))
    forked = film.render(file, Path("forked.mp4"), cache=False)
    monkeypatch.setattr(segments, "FORKS", False)
    unforked = film.render(file, Path("unforked.mp4"), cache=False)
    assert forked.path.read_bytes() == unforked.path.read_bytes()


def test_a_film_is_the_same_where_nothing_was_compiled(in_tmp, scene_file):
    file = scene_file(source(BODIES["numbers"] + "\n        self.play(Write(Text('and so on')), run_time=1)"))
    missing = "sys.modules['soakup.drawing._canvas'] = sys.modules['soakup.drawing._mobjects'] = None"
    for name, before in (("compiled.mp4", ""), ("plain.mp4", missing)):
        code = f"import sys; {before}\nimport soakup.cli; soakup.cli.main()"
        command = [sys.executable, "-c", code, "render", str(file), "-o", name, "--no-cache"]
        subprocess.run(command, check=True, capture_output=True)
    assert pictures(Path("plain.mp4")) == pictures(Path("compiled.mp4"))


def test_told_scenes_are_the_same_without_forking(tmp_path, scene_file, told, told_film, monkeypatch):
    monkeypatch.setattr(segments, "FORKS", False)
    made = film.render(SceneFile(scene_file(told)), tmp_path / "film.mp4", jobs=2)
    for one, other in zip(told_film.files, made.files, strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_captions_after_a_skipped_section_are_in_time(in_tmp, scene_file):
    body = """
        self.play(FadeIn(Square()), run_time=0.5, subcaption="first")
        self.next_section("out", skip_animations=True)
        self.play(FadeIn(Circle()), run_time=3, subcaption="unseen")
        self.next_section("in")
        self.play(FadeIn(Circle()), run_time=0.5, subcaption="second")"""
    said = film.render(SceneFile(scene_file(source(body))), Path("film.mp4")).files.captions.read_text()
    assert re.findall(r"(\S+) --> (\S+)\n(.*)", said) == [
        ("00:00:00.000", "00:00:00.500", "first"),
        ("00:00:00.500", "00:00:01.000", "second"),
    ]


# --- what is kept ---

BEATS = """
        square = Square(color=YELLOW, fill_opacity=1)
        self.next_section("one"); self.play(FadeIn(square), run_time=0.5)
        self.next_section("two"); self.play(square.animate.shift({two}), run_time=0.5); {undo}
        self.next_section("three"); self.play(Rotate(square), run_time=0.5)"""
UNDO = "self.remove(square); square = Square(); self.add(square)"


@pytest.fixture
def drawn(monkeypatch) -> list[str]:
    """The sections of the segments that were really drawn."""
    names: list[str] = []
    hear = segments.Segments._hear

    def note(self, segment):
        hear(self, segment)
        if segment.done:
            names.append(segment.section)

    monkeypatch.setattr(segments.Segments, "_hear", note)
    return names


def test_what_is_unchanged_is_not_drawn_again(in_tmp, scene_file, drawn):
    def made(**options) -> bytes:
        return film.render(SceneFile(path), Path("film.mp4"), force=True, **options).path.read_bytes()

    path = scene_file(source(BEATS.format(two="UP", undo="")))
    first = made()
    assert sorted(drawn) == ["one", "three", "two"]
    drawn.clear()
    assert made() == first
    assert drawn == []
    assert made(cache=False) == first
    assert sorted(drawn) == ["one", "three", "two"]
    drawn.clear()

    scene_file(source(BEATS.format(two="DOWN", undo="")))  # the third beat begins elsewhere now
    made()
    assert sorted(drawn) == ["three", "two"]
    drawn.clear()
    scene_file(source(BEATS.format(two="DOWN", undo=UNDO)))
    made()
    drawn.clear()
    scene_file(source(BEATS.format(two="LEFT", undo=UNDO)))  # it begins where it did
    made()
    assert drawn == ["two"]
    drawn.clear()
    scene_file(path.read_text().replace("128, 72", "160, 90"))
    made()
    assert len(drawn) == 3


STEPS = """
SIZE = 1
def grow(mobject, alpha):
    mobject.become(Square({size}, color=YELLOW, fill_opacity=1).shift(RIGHT * alpha))
class Mine(Scene):
    def construct(self):
        square = Square()
        self.add(square)
        self.play(UpdateFromAlphaFunc(square, grow), run_time=0.5)
"""


@pytest.mark.parametrize(("before", "after"), [(("1", "2"), ("2", "2")), (("SIZE", "1"), ("SIZE", "2"))])
def test_the_code_that_runs_while_drawing_counts(in_tmp, scene_file, drawn, before, after):
    for size, value in (before, before, after):
        text = HEAD + STEPS.format(size=size).replace("SIZE = 1", f"SIZE = {value}")
        film.render(SceneFile(scene_file(text)), Path("film.mp4"), force=True)
    assert len(drawn) == 2  # the first time, and when it had changed


def test_another_version_of_what_draws_counts(in_tmp, scene_file, drawn, monkeypatch):
    file = SceneFile(scene_file())
    film.render(file, Path("film.mp4"))
    fingerprint.context.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(fingerprint, "version", lambda name: "another")
        film.render(file, Path("film.mp4"), force=True)
    fingerprint.context.cache_clear()
    film.render(file, Path("film.mp4"), force=True)
    assert sorted(drawn) == ["first", "first", "second", "second"]


def test_what_cannot_be_understood_is_drawn_each_time(in_tmp, scene_file, drawn):
    body = """
        square = Square()
        square.lines = open(__file__)
        self.add(square); self.wait(0.3)"""
    for _ in range(2):
        film.render(SceneFile(scene_file(source(body))), Path("film.mp4"), force=True)
    assert len(drawn) == 2


def test_a_kept_segment_that_is_damaged_is_thrown_away(in_tmp, scene_file, own_cache, drawn):
    file = SceneFile(scene_file())
    first = film.render(file, Path("film.mp4")).path.read_bytes()
    kept = sorted((own_cache / "segments").iterdir())
    whole = kept[0].read_bytes()
    kept[0].write_bytes(whole[:-10] + bytes(10))
    kept[1].write_bytes(b"")
    drawn.clear()
    assert film.render(file, Path("film.mp4"), force=True).path.read_bytes() == first
    assert len(drawn) == 2
    assert kept[0].read_bytes() == whole


def test_the_cache_is_bounded(in_tmp, tmp_path, monkeypatch):
    cache = SegmentCache(tmp_path)
    for number in range(5):
        Path("segment").write_bytes(bytes([number]) * 1000)
        cache.put(f"{number}", Path("segment"))
        os.utime(next(cache.folder.glob(f"{number}.*")), (number, number))
    assert cache.get("1", Path("copy"))  # which makes it the one used last
    cache.trim(3500)
    assert sorted(path.name[0] for path, _ in cache.entries()) == ["1", "3", "4"]
    assert not cache.get("0", Path("copy"))
    assert segment_cache.LIMIT == 2 * 10**9


def test_what_was_finished_before_a_fault_is_kept(in_tmp, scene_file, drawn):
    body = """
        self.next_section("one"); self.play(FadeIn(Square()), run_time=0.5)
        self.next_section("two"); self.play(FadeIn(Circle()), run_time=0.5)
        {}"""
    with pytest.raises(SceneFault, match=r"the scene Mine failed in 'two': line 8 of mine.py, `1 / 0`: ZeroDivision"):
        film.render(SceneFile(scene_file(source(body.format("1 / 0")))), Path("film.mp4"))
    assert drawn == ["one"]
    drawn.clear()
    film.render(SceneFile(scene_file(source(body.format("pass")))), Path("film.mp4"))
    assert drawn == ["two"]


# --- what goes wrong ---


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("self.play(AnimationGroup())", "line 5 of mine.py.*AnimationGroup"),
        ("self.next_section('x'); self.wait(0)", "failed in 'x': line 5 of mine.py.*<= 0 seconds"),
        ("self.play(FadeIn(Square()), run_time=0)", "line 5 of mine.py.*<= 0 seconds"),
        ("self.play(Write(Text('')))", None),
        ("self.play(AnimationGroup(Wait(0), FadeIn(Square())))", None),
        ("pass", "plays nothing"),
    ],
)
def test_empty_things_make_a_film_or_one_sentence(in_tmp, scene_file, body, said):
    file = SceneFile(scene_file(source("        " + body)))
    if said is None:
        assert film.render(file, Path("film.mp4")).manifest["duration"] > 0
        return
    with pytest.raises(StudioError, match=said) as caught:
        film.render(file, Path("film.mp4"))
    assert "\n" not in str(caught.value)
    assert os.listdir() == ["mine.py"]


def test_a_fault_while_drawing_is_told_as_one_in_the_scene(in_tmp, scene_file):
    text = HEAD + (
        "class Bad(Square):\n"
        "    drawn = 0\n"
        "    def get_stroke_width(self, background=False):\n"
        "        raise RuntimeError('cannot be drawn')\n"
        "class Mine(Scene):\n"
        "    def construct(self):\n"
        "        self.next_section('drawing')\n"
        "        self.add(Bad()); self.wait(0.2)\n"
    )
    with pytest.raises(SceneFault, match=r"the scene Mine failed in 'drawing': line .* of mine.py.*cannot be drawn"):
        film.render(SceneFile(scene_file(text)), Path("film.mp4"))
    assert os.listdir() == ["mine.py"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_sentence(in_tmp, scene_file, monkeypatch):
    part = segments.Segments._begin

    def begin(self):
        self._open.path.with_name(f".{self._open.path.name}.pictures").symlink_to("/dev/full")
        part(self)

    monkeypatch.setattr(segments.Segments, "_begin", begin)
    with pytest.raises(EncodingError, match=r"cannot write the film .*No space left"):
        film.render(SceneFile(scene_file()), Path("film.mp4"))
    assert os.listdir() == ["mine.py"]


@pytest.mark.parametrize("most", [0, 2000])
def test_no_room_for_a_film_is_one_sentence(in_tmp, scene_file, most):
    file = SceneFile(scene_file(source(BODIES["plain"])))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, limits[1]))
    try:
        with pytest.raises(EncodingError, match=r"cannot write the film .*File too large") as caught:
            film.render(file, Path("film.mp4"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "\n" not in str(caught.value)
    assert os.listdir() == ["mine.py"]


def test_no_room_for_what_stands_beside_a_film_is_one_sentence(in_tmp, scene_file, monkeypatch):
    def full(cues: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(film, "write_vtt", full)
    with pytest.raises(OutputError, match=r"cannot make film.mp4: No space left"):
        film.render(SceneFile(scene_file()), Path("film.mp4"))
    assert os.listdir() == ["mine.py"]


def test_no_room_in_the_cache_is_no_hindrance(in_tmp, scene_file, own_cache):
    own_cache.mkdir(parents=True)
    (own_cache / "segments").write_text("in the way")
    assert film.render(SceneFile(scene_file()), Path("film.mp4")).path.exists()


def test_an_encoder_that_is_missing_is_told_before_any_work(in_tmp, scene_file, monkeypatch):
    def none(name: str, mode: str) -> None:
        raise ValueError(name)

    monkeypatch.setattr("av.codec.Codec", none)
    with pytest.raises(EncodingError, match="libx264"):
        film.render(SceneFile(scene_file(source("        raise RuntimeError"))), Path("film.mp4"))
    assert os.listdir() == ["mine.py"]


def test_a_worker_that_is_killed_is_one_sentence(in_tmp, scene_file):
    text = HEAD + (
        "import os, signal, multiprocessing\n"
        "HERE = os.getpid()\n"
        "def die(mobject, dt):\n"
        "    if os.getpid() != HERE: os.kill(os.getpid(), signal.SIGKILL)\n"
        "class Mine(Scene):\n"
        "    def construct(self):\n"
        "        self.add(Square().add_updater(die)); self.wait(0.5)\n"
    )
    with pytest.raises(SceneFault, match="a process that drew the film was killed"):
        film.render(SceneFile(scene_file(text)), Path("film.mp4"))


SLOW = """
from pathlib import Path
import os, time
HERE = os.getpid()
def slow(mobject, dt):
    if os.getpid() != HERE:
        Path(f"drawing-{os.getpid()}").touch()
        time.sleep(30)
class Mine(Scene):
    def construct(self):
        self.next_section("one"); self.wait(0.5)
        square = Square().add_updater(slow)
        self.add(square)
        for name in ("two", "three"):
            self.next_section(name)
            self.wait(0.5)
"""


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_render_leaves_no_process_and_what_was_finished(in_tmp, own_cache, scene_file, by):
    scene_file(HEAD + SLOW)
    command = [sys.executable, "-m", "soakup", "render", "mine.py", "--jobs", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as render:
        deadline = time.monotonic() + 60
        while len(list(Path().glob("drawing-*"))) < 2 and render.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        render.send_signal(by)
        render.communicate(timeout=30)
    assert render.returncode in (130, 143, -signal.SIGKILL)
    workers = [int(path.name.split("-")[1]) for path in Path().glob("drawing-*")]
    assert len(workers) == 2
    deadline = time.monotonic() + 20
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, workers))
    assert not Path("out").exists()
    assert len(list((own_cache / "segments").glob("*.mp4"))) == 1


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# --- stills ---


@pytest.mark.parametrize(("beat", "where"), [("first", 1), (2, 2), ("second", 2)])
def test_a_still_is_the_last_frame_of_its_beat(in_tmp, scene_file, beat, where):
    body = """
        square = Square(color=BLUE, fill_opacity=1)
        self.next_section("first"); self.play(FadeIn(square), run_time=0.5); self.wait(0.3)
        self.next_section("second"); self.play(square.animate.set_color(RED), run_time=0.5); self.wait(0.3)
        self.next_section("third"); self.wait(0.5)"""
    file = SceneFile(scene_file(source(body)))
    still = film.still(file, beat)
    assert still.shape == (72, 128, 4)
    last: dict[str, np.ndarray] = {}
    original = film.FilmWriter.write_frame

    def keep(self, pixels, *, repeat=1):
        last[self.section] = pixels
        original(self, pixels, repeat=repeat)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(film.FilmWriter, "write_frame", keep)
        patch.setattr(segments, "FORKS", False)
        film.render(file, Path("film.mp4"))
    assert (still == last["first" if where == 1 else "second"]).all()
    assert (still[36, 64][:3] == ([88, 196, 221], [252, 98, 85])[where - 1]).all()


PLAYS = (
    "FadeIn(a), Indicate(a)",  # what one begins with is the other's first frame
    "FadeIn(a), b.animate(rate_func=there_and_back).become(a)",
    "AnimationGroup(FadeIn(a), a.animate.shift(UP), Rotate(b), lag_ratio=0.5)",
    "LaggedStart(DrawBorderThenFill(a), Flash(b), GrowFromCenter(Dot(UP)))",
    "Succession(FadeIn(a), a.animate.scale(2), FadeOut(b, shift=LEFT))",
    "FadeIn(a, scale=0.5, shift=UP), FadeOut(b, scale=2)",
    "FadeIn(a, rate_func=there_and_back), FadeOut(b, rate_func=lambda t: 1 - t)",
    "FadeOut(b)); self.add(b); self.play(b.animate.shift(UP)",  # as it was before it went
    "FadeTransform(b, a)",
    "Swap(b, b.copy().shift(UP)), Create(a)",
    "ReplacementTransform(b, a)",
    "ShowIncreasingSubsets(VGroup(a, Dot(DOWN))), Homotopy(lambda x, y, z, t: (x + t, y, z), b)",
)


def test_a_scene_without_sections_is_one_beat(in_tmp, scene_file):
    file = SceneFile(scene_file(source("        self.add(Square()); self.wait(0.3)")))
    assert (film.still(file, 1) == film.still(file, "Mine")).all()
    with pytest.raises(StudioError, match="Mine has no beat number 2: it has 1: Mine"):
        film.still(file, 2)


@pytest.mark.parametrize("plays", PLAYS)
def test_a_scene_passed_over_stands_as_if_it_had_been_drawn(in_tmp, scene_file, plays):
    body = f"""
        a, b = Square(color=BLUE, fill_opacity=0.5), Circle(color=RED).shift(RIGHT)
        self.add(b)
        self.play({plays}, run_time=0.3)"""
    file = SceneFile(scene_file(source(body)))
    passed = film.still(file, 1, quality="l")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "FORKS", False)
        drawn = film.render(file, Path("film.mp4"), quality="l", cache=False)
    assert (passed[..., :3] == np.asarray(Image.open(drawn.files.last))).all()


def test_a_still_of_a_told_scene_is_its_poster(in_tmp, scene_file, told, told_film):
    file = SceneFile(scene_file(told))
    assert (film.still(file, "middle")[..., :3] == np.asarray(Image.open(told_film.files.poster))).all()
    with pytest.raises(StudioError, match="Told has no beat 'midle': did you mean 'middle'"):
        film.still(file, "midle")
    with pytest.raises(StudioError, match="no beat number 4: it has 3: start, middle, end"):
        film.still(file, 4)
