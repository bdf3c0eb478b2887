"""What can go wrong with a model, as one sentence that says what to do."""


class ModelError(ValueError):
    """A model, its weights or a text it was given cannot be used; the message is one sentence for the user."""
