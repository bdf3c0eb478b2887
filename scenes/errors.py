"""What a user can ask of a scene that it cannot do, as one sentence that says what to do."""


class SceneError(ValueError):
    """A scene cannot be made as asked; the message is one sentence for the user."""
