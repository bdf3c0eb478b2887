"""`soakup test`"""

import importlib.util
import os
import sys
from pathlib import Path

import click

from soakup.errors import StudioError

ROOT = Path(__file__).resolve().parents[2]


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Run soakup's own tests, in its repository; the ARGUMENTS are pytest's.

    Without any all tests are run, in as many processes at once as there are processor cores, four at most.
    """
    if not (ROOT / "tests").is_dir():
        raise StudioError("an installed soakup has no tests with it: run ./soakup test in soakup's repository")
    if importlib.util.find_spec("pytest") is None:
        raise StudioError("what the tests need is not installed: run them with ./soakup test, which installs it")
    os.chdir(ROOT)
    # Tests of one file share what is costly to make, so they stay together.
    arguments = arguments or ("--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile")
    # -P: pytest must find soakup as it is installed, not its folders by their own names.
    os.execv(sys.executable, [sys.executable, "-P", "-m", "pytest", *arguments])
