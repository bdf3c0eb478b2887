"""A lecturer's own file renders with Manim alone."""

import re
import subprocess
import sys
from pathlib import Path

import av

MINE = """
from soakup.scenes import LayerByLayer


class Mine(LayerByLayer):
    text = "A small fox"
    word = "fox"
    only = (1, 2)

    def each_knows_only_itself(self):
        super().each_knows_only_itself()
        self.say("Drawn for my class")
"""


def test_a_ten_line_file_renders_with_plain_manim(tmp_path):
    (tmp_path / "mine.py").write_text(MINE)
    command = [sys.executable, "-m", "manim", "-ql", "--disable_caching", "mine.py", "Mine"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]
    (film,) = (tmp_path / "media" / "videos" / "mine" / "480p15").glob("*.mp4")
    with av.open(str(film)) as video:
        assert 5 < video.duration / av.time_base < 15
    captions = film.with_suffix(".srt").read_text()
    assert "Each piece of text becomes a vector" in captions
    assert "Drawn for my class" in captions


def test_the_file_in_the_documentation_renders_with_plain_manim(tmp_path):
    """A text, a model, a layer, a head and one beat told otherwise, as docs/scenes.md has them; its first beats."""
    (mine,) = re.findall(
        r"```python\n(# mine\.py.*?)```", (Path(__file__).parents[2] / "docs" / "scenes.md").read_text(), re.DOTALL
    )
    assert len([line for line in mine.splitlines() if line.strip()]) <= 10
    (tmp_path / "mine.py").write_text(mine + "\n\nMine.only = (2, 2)\n")
    command = [sys.executable, "-m", "manim", "-ql", "--disable_caching", "mine.py", "Mine"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]
    (film,) = (tmp_path / "media" / "videos" / "mine" / "480p15").glob("*.mp4")
    assert "This is the vector of our lantern" in film.with_suffix(".srt").read_text()
