"""A `soakup preview` that runs, and its page, watched."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

SENTENCE = "A fox saw the moon"
SOAKUP = str(Path(sys.executable).with_name("soakup"))
WAIT = 60_000  # milliseconds; the machines that test are slow, and what is fast is measured elsewhere


class Preview:
    """A `soakup preview` that runs: its `url`, and its process."""

    def __init__(self, *arguments: str, env: dict[str, str], cwd: Path) -> None:
        command = [SOAKUP, "preview", "--no-browser", *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, env=env, cwd=cwd, **pipes)
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip()

    def family(self) -> set[int]:
        """Every process below it."""
        listed = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
        parents = {int(pid): int(ppid) for pid, ppid in (line.split() for line in listed.splitlines()[1:])}
        found = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found - {self.process.pid}

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(20)


def beats(page: Page) -> Locator:
    return page.locator("#storyboard li:not(.stale)")


def settled(page: Page, quantities: bool = True) -> None:
    """Wait until the exact frame stands there, and can be asked."""
    if quantities:
        expect(page.locator("#screen")).to_have_attribute("data-quantities", re.compile("[1-9]"), timeout=WAIT)
    expect(page.locator("#picture")).to_be_visible(timeout=WAIT)


def told_of_what_is_marked(page: Page) -> tuple[str, float]:
    """What is told of the number that is marked: its path and its value; and the same is told when it is pointed at."""
    tip, code = page.locator(".pointed-tip"), page.locator(".pointed-tip code")
    path, value = code.inner_text(), float(page.locator(".pointed-tip strong").inner_text().replace("−", "-"))
    box = page.locator(".pointed-mark rect").bounding_box()
    assert box
    page.mouse.move(0, 0)
    expect(tip).to_be_hidden()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(code).to_have_text(path)
    return path, value


def wait_until(holds: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)
