"""Any Manim scene becomes a film with its sidecars; what goes wrong is one sentence, and leaves nothing."""

import json
import os
import random
from pathlib import Path

import av
import numpy as np
import pytest
from manim import config, tempconfig
from PIL import Image

from soakup import film, manifest
from soakup.errors import OutputError, SceneFault, StudioError
from soakup.progress import Step
from soakup.scene_file import SceneFile
from soakup.scenes.errors import SceneError

KIT = [f"film.{end}" for end in ("alt.txt", "json", "last.png", "md", "mp4", "poster.png", "srt", "vtt")]
HEAD = "from manim import *\nconfig.pixel_width, config.pixel_height, config.frame_rate = 128, 72, 10\n"


def chapters(path: Path) -> list[tuple[str, float, float]]:
    with av.open(path) as opened:
        return [
            (c["metadata"]["title"], float(c["start"] * c["time_base"]), float(c["end"] * c["time_base"]))
            for c in opened.chapters()
        ]


def frames(path: Path) -> list[np.ndarray]:
    with av.open(path) as opened:
        return [frame.to_ndarray(format="rgb24") for frame in opened.decode(video=0)]


def test_a_plain_scene_becomes_a_film(in_tmp, scene_file):
    made = film.render(SceneFile(scene_file()), Path("film.mp4"))
    assert sorted(os.listdir()) == sorted([*KIT, "mine.py"])
    shown = frames(made.path)
    assert len(shown) == 10
    assert shown[0].max() < 20  # the square has not faded in yet
    assert np.abs(shown[-1][36, 64].astype(int) - [255, 255, 0]).max() <= 2
    assert chapters(made.path) == [("first", 0, 0.5), ("second", 0.5, 1)]
    assert (made.manifest["duration"], made.manifest["width"], made.manifest["fps"]) == (1, 128, 10)
    assert made.manifest == manifest.read(Path("film.mp4")) == json.loads(Path("film.json").read_text())
    assert Path("film.vtt").read_text() == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:00.500\nA &lt;b&gt;square&lt;/b&gt; --&gt; &amp; more\n"
    )
    assert (np.asarray(Image.open("film.poster.png"))[36, 64] == [255, 255, 0]).all()


def test_manim_is_left_as_it_was(in_tmp, scene_file, capfd):
    before = {name: config[name] for name in ("pixel_width", "frame_rate", "media_dir", "seed", "progress_bar")}
    film.render(SceneFile(scene_file()), Path("film.mp4"))
    assert {name: config[name] for name in before} == before
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("quality", "expected"), [("l", (854, 480, 15)), ("m", (1280, 720, 30))])
def test_qualities_are_manims(in_tmp, scene_file, quality, expected):
    source = "from manim import *\nclass Mine(Scene):\n    def construct(self): self.wait(0.2)\n"
    about = film.render(SceneFile(scene_file(source)), Path("film.mp4"), quality=quality).manifest
    assert (about["width"], about["height"], about["fps"]) == expected


def test_fps_overrides_the_quality(in_tmp, scene_file):
    source = "from manim import *\nclass Mine(Scene):\n    def construct(self): self.wait(0.5)\n"
    made = film.render(SceneFile(scene_file(source)), Path("film.mp4"), quality="l", fps=24)
    assert made.manifest["fps"] == 24
    assert len(frames(made.path)) == 12


def test_an_unknown_quality_is_one_sentence(in_tmp):
    with pytest.raises(StudioError, match="no quality 'x'"):
        film.render("layer-by-layer", Path("film.mp4"), quality="x")


def test_scenes_keep_their_own_cameras(in_tmp, scene_file):
    source = HEAD + (
        "class Mine(MovingCameraScene):\n"
        "    def construct(self):\n"
        "        self.add(Square(4, color=WHITE, fill_opacity=1))\n"
        "        self.camera.frame.scale(0.2)\n"
        "        self.wait(0.2)\n"
    )
    made = film.render(SceneFile(scene_file(source)), Path("film.mp4"))
    assert frames(made.path)[0].min() > 250  # the camera has gone so near that it sees nothing but the square


def test_a_scene_with_an_init_of_its_own(in_tmp, scene_file):
    source = HEAD + (
        "class Mine(ThreeDScene):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.length = 0.5\n"
        "    def construct(self): self.wait(self.length)\n"
    )
    assert film.render(SceneFile(scene_file(source)), Path("film.mp4")).manifest["duration"] == 0.5


def test_skipped_sections_take_no_time(in_tmp, scene_file):
    source = HEAD + (
        "class Mine(Scene):\n"
        "    def construct(self):\n"
        "        self.next_section('seen'); self.wait(0.4)\n"
        "        self.next_section('skipped', skip_animations=True); self.wait(5)\n"
        "        self.next_section('seen too'); self.wait(0.5)\n"
    )
    made = film.render(SceneFile(scene_file(source)), Path("film.mp4"))
    assert chapters(made.path) == [("seen", 0, 0.4), ("seen too", 0.4, 0.9)]
    assert len(frames(made.path)) == 9


def test_what_is_played_before_the_first_section_is_named_by_the_scene(in_tmp, scene_file):
    source = HEAD + "class Mine(Scene):\n    def construct(self):\n        self.wait(0.2)\n"
    assert chapters(film.render(SceneFile(scene_file(source)), Path("film.mp4")).path) == [("Mine", 0, 0.2)]


@pytest.mark.parametrize("of", ["plain", "told"])
def test_the_same_input_gives_the_same_files(tmp_path, scene_file, told, of):
    file = SceneFile(scene_file(told) if of == "told" else scene_file())
    made = [film.render(file, tmp_path / name / "film.mp4") for name in ("one", "two")]
    for one, two in zip(made[0].files, made[1].files, strict=True):
        assert one.read_bytes() == two.read_bytes()


def test_random_numbers_start_from_the_seed(in_tmp, scene_file):
    source = HEAD + (
        "import random\n"
        "FIRST = random.random()\n"
        "class Mine(Scene):\n"
        "    def construct(self):\n"
        "        self.next_section(f'{FIRST} {random.random()} {np.random.rand()}'); self.wait(0.1)\n"
    )

    def name(**seed) -> str:
        random.seed(None)
        np.random.seed(None)
        made = film.render(SceneFile(scene_file(source)), Path("film.mp4"), force=True, **seed)
        assert made.manifest["settings"]["seed"] == seed.get("seed", 0)
        return made.manifest["beats"][0]["name"]

    assert name() == name() != name(seed=1)


def test_a_told_scene_has_its_beats_captions_and_quantities(told_film):
    about = told_film.manifest
    assert [beat["name"] for beat in about["beats"]] == ["start", "middle", "end"]
    assert [name for name, _, _ in chapters(told_film.path)] == ["start", "middle", "end"]
    assert (about["text"], about["scene"]) == ("the old king saw the cat", "mine.py:Told")
    assert "".join(about["tokens"]).endswith("the old king saw the cat")
    assert len(about["model"]["fingerprint"]) == 64
    start, middle, end = (beat["quantities"] for beat in about["beats"])
    assert {record["path"] for record in start} == {"count.words", "layers.0.pattern[0,3,1]", "ink(2)[3,1]", "token[1]"}
    assert len(start) == 5  # ink both as digits and as a colour
    assert len(middle) == 4
    assert end == []
    said = told_film.files.captions.read_text()
    assert "The text has 6 words." in said
    assert said.count("-->") == 2
    blue = np.asarray(Image.open(told_film.files.poster))[36, 64]
    assert blue[2] > 200 > blue[0]  # the end of "middle", where the square is blue; in the last frame it is gone


def test_only_some_beats(in_tmp, scene_file, told):
    made = film.render(SceneFile(scene_file(told)), Path("film.mp4"), settings={"only": (2, 2)})
    assert chapters(made.path) == [("middle", 0, made.manifest["duration"])]
    assert made.manifest["beats"][0]["start"] == 0
    assert made.manifest["settings"]["only"] == [2, 2]
    with av.open(made.path) as opened:
        assert float(opened.streams.video[0].frames / 10) == made.manifest["duration"]


def test_beats_that_are_not_there(in_tmp, scene_file, told):
    with pytest.raises(SceneError, match="no beats 3-9"):
        film.render(SceneFile(scene_file(told)), Path("film.mp4"), settings={"only": (3, 9)})
    assert os.listdir() == ["mine.py"]


def test_progress_is_told(in_tmp, scene_file, told):
    steps: list[Step] = []
    film.render(SceneFile(scene_file(told)), Path("told.mp4"), progress=steps.append)
    assert {(step.number, step.section, step.total) for step in steps} == {
        (1, "start", 3),
        (2, "middle", 3),
        (3, "end", 3),
    }
    assert [step.frames for step in steps] == sorted(step.frames for step in steps)
    assert [steps[0].done, steps[-1].done] == [0, 2]
    assert {step.planned for step in steps} == {3}
    steps.clear()
    film.render(SceneFile(scene_file()), Path("plain.mp4"), progress=steps.append)
    assert {(step.number, step.section, step.total, step.planned) for step in steps} == {
        (1, "first", None, None),
        (2, "second", None, None),
    }


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "self.wait(0.1); x = 1 / 0",
            r"the scene Mine failed: line 5 of mine.py, .*ZeroDivisionError: division by zero",
        ),
        ("self.next_section('two'); self.wait(0.1); int('x')", "failed in 'two': line 5 .*ValueError"),
        ("self.play(Square())", "line 5 of mine.py, .*TypeError"),
        ("raise SystemExit(1)", "line 5 of mine.py"),
        ("self.add(Square())", "plays nothing"),
        ("self.next_section('x', skip_animations=True); self.wait(1)", "plays nothing"),
        ("self.add_sound('bell.wav')", "sound bell.wav.*silent"),
        ("self.wait(0.1); self.add(ImageMobject('nowhere.png'))", "nowhere.png"),
    ],
)
def test_a_fault_in_a_scene_is_one_sentence_and_leaves_nothing(in_tmp, scene_file, own_cache, body, said):
    source = HEAD + f"class Mine(Scene):\n    def construct(self):\n        {body}\n"
    with pytest.raises(StudioError, match=said) as caught:
        film.render(SceneFile(scene_file(source)), Path("out", "film.mp4"))
    assert "\n" not in str(caught.value)
    assert os.listdir() == ["mine.py"]
    assert not list(own_cache.glob("render-*"))


def test_existing_films_are_refused_before_any_work(in_tmp, scene_file):
    Path("film.mp4").write_text("older")
    with pytest.raises(OutputError, match="exists"):
        film.render(SceneFile(scene_file("raise RuntimeError('was run')")), Path("film.mp4"))
    assert Path("film.mp4").read_text() == "older"
    film.render(SceneFile(scene_file()), Path("film.mp4"), force=True)
    assert len(frames(Path("film.mp4"))) == 10


def test_an_older_film_outlives_a_failed_one(in_tmp, scene_file):
    Path("film.mp4").write_text("older")
    with pytest.raises(SceneFault):
        film.render(
            SceneFile(scene_file(HEAD + "class Mine(Scene):\n    def construct(self): self.wait(); 1 / 0")),
            Path("film.mp4"),
            force=True,
        )
    assert Path("film.mp4").read_text() == "older"


def test_an_odd_size_is_one_sentence(in_tmp, scene_file):
    source = HEAD.replace("128", "127") + "class Mine(Scene):\n    def construct(self): self.wait(0.1)\n"
    with pytest.raises(ValueError, match="127×72"):
        film.render(SceneFile(scene_file(source)), Path("film.mp4"))


def test_settings_are_for_told_scenes(in_tmp, scene_file):
    with pytest.raises(StudioError, match="Plain is a plain Manim scene and has no 'layer' to set"):
        film.render(SceneFile(scene_file()), Path("film.mp4"), settings={"layer": 1})
    with pytest.raises(StudioError, match="no setting 'lyaer'"):
        film.render("layer-by-layer", Path("film.mp4"), settings={"lyaer": 1})


def test_an_unknown_scene_gets_the_nearest(in_tmp):
    with pytest.raises(StudioError, match="no scene called 'layer-by-leyer'; did you mean layer-by-layer"):
        film.render("layer-by-leyer", Path("film.mp4"))


def test_a_users_manim_cfg_cannot_send_the_film_elsewhere(in_tmp, scene_file):
    users = {"upto_animation_number": 0, "save_sections": True, "text_dir": str(in_tmp / "texts"), "renderer": "opengl"}
    source = HEAD + "class Mine(Scene):\n    def construct(self): self.add(Text('a')); self.wait(.2); self.wait(.2)\n"
    file = SceneFile(scene_file(source))
    with tempconfig(users):
        made = film.render(file, Path("film.mp4"))
    assert made.manifest["duration"] == 0.4
    assert sorted(os.listdir()) == sorted([*KIT, "mine.py"])
