"""The code is formatted, linted and typed."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("check", ["check", "format --check"])
def test_ruff_finds_nothing(check):
    run = subprocess.run([sys.executable, "-m", "ruff", *check.split(), "."], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_types_are_right_in_what_is_installed(wheel_contents):
    """Checked in an unpacked wheel, since only there do the folders have the names that the code imports."""
    config = ROOT / "pyproject.toml"
    command = [sys.executable, "-m", "mypy", f"--config-file={config}", f"--cache-dir={ROOT / '.mypy_cache'}"]
    run = subprocess.run(command, cwd=wheel_contents, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
