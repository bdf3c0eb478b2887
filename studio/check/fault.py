"""What is wrong with a film, as plain data."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One thing wrong: seen first at `time` and last at `until` (seconds), in `beat`.

    `rule` is the name of the rule that is broken, `objects` are what breaks it, in words a viewer knows them by, and
    `message` says it in a sentence.
    """

    rule: str
    objects: tuple[str, ...]
    message: str
    time: float = 0.0
    until: float = 0.0
    beat: str = ""

    def __str__(self) -> str:
        until = f"–{self.until:.1f}" if self.until >= self.time + 0.05 else ""
        beat = f"{self.beat} · " if self.beat else ""
        return f"{self.time:.1f}{until} s · {beat}{self.rule}: {self.message}"

    def record(self) -> dict[str, Any]:
        """As the manifest holds it."""
        return {**asdict(self), "objects": list(self.objects)}


def merged(faults: Iterable[Fault]) -> list[Fault]:
    """The same faults in order of time, those of one beat that differ only in their moment put together."""
    found: dict[tuple, Fault] = {}
    for fault in faults:
        key = (fault.beat, fault.rule, fault.objects)
        first = found.setdefault(key, fault)
        found[key] = replace(first, until=max(first.until, fault.until))
    return sorted(found.values(), key=lambda fault: fault.time)
