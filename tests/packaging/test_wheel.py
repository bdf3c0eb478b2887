"""What is in the wheel is all that soakup needs, with the repository out of reach."""

import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-dir"]


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The `bin` of an environment with only the wheel in it; other packages come from the one that runs the tests."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder)
    python = folder / "bin/python"
    install = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", wheel]
    subprocess.run(install, check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    # A plain path: the .pth files over there, one of which leads to the repository, are not read.
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


def run(installed: Path, *command: str, cwd: Path) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run([installed / command[0], *command[1:]], cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_file_of_the_packages_is_in_the_wheel(wheel_contents):
    for package, folder in FOLDERS.items():
        inside = wheel_contents / package.replace(".", "/")
        missing = [
            str(path.relative_to(ROOT))
            for path in (ROOT / folder).rglob("*")
            if path.is_file()
            and "__pycache__" not in path.parts
            and path.suffix != ".so"
            and not (inside / path.relative_to(ROOT / folder)).exists()
        ]
        assert not missing


def test_every_folder_with_code_is_a_package():
    """A folder forgotten in pyproject.toml works in the repository and nowhere else."""
    for folder in ("studio", "model", "scenes", "drawing", "assets"):
        with_code = {str(path.parent.relative_to(ROOT)) for path in (ROOT / folder).rglob("*.py")}
        assert with_code <= set(FOLDERS.values())


def test_the_command_runs_from_the_wheel_alone(installed, tmp_path):
    assert "render" in run(installed, "soakup", "--help", cwd=tmp_path)
    assert "render" in run(installed, "python", "-m", "soakup", "--help", cwd=tmp_path)
    assert "tiny" in run(installed, "soakup", "models", cwd=tmp_path)
    assert "layer-by-layer" in run(installed, "soakup", "scenes", cwd=tmp_path)


def test_nothing_is_taken_from_the_repository(installed, tmp_path):
    code = (
        "import sys, soakup.model, soakup.scenes, soakup.drawing; from soakup.assets import fonts\n"
        "fonts.register(); soakup.model.open().trace('the king')\n"
        "print(*(m.__file__ for n, m in sys.modules.items() if n.split('.')[0] == 'soakup'), sep='\\n')"
    )
    files = run(installed, "python", "-c", code, cwd=tmp_path).split()
    assert len(files) > 10
    assert all(Path(file).is_relative_to(installed.parent) for file in files)


def test_the_licences_are_in_the_wheel(wheel_contents):
    (licences,) = wheel_contents.glob("*.dist-info/licenses")
    assert "the soakup authors" in (licences / "LICENSE").read_text()
    assert "SIL OPEN FONT LICENSE" in (licences / "assets/fonts/OFL.txt").read_text()
