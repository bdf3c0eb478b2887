"""What the studio cannot do, as one sentence that says what to do instead."""


class StudioError(ValueError):
    """A film cannot be made as asked; the message is one sentence for the user."""

    exit_code = 1


class OutputError(StudioError):
    """A film cannot be put where it was asked for."""


class SceneFileError(StudioError):
    """A user's scene file cannot be used."""


class SceneFault(StudioError):
    """A scene broke down while it was drawn."""


class NotAClip(StudioError):
    """A file is not a film or manifest made by soakup."""

    exit_code = 2


def is_ours(error: BaseException) -> bool:
    """Whether an error's message is a sentence that some part of soakup wrote for the user."""
    return isinstance(error, ValueError) and type(error).__module__.startswith("soakup.")
