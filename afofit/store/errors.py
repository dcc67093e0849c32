"""What can stand in the way of something that is asked of the store. Each says why in one sentence for people."""


class Missing(Exception):
    """There is no such thing in this clinic. Another clinic's things are as missing as those that never were."""


class Conflict(Exception):
    """What is asked for does not fit what is stored; ``code`` names the reason, the text says it."""

    def __init__(self, code: str, text: str, *, pointer: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.pointer = pointer


class Forbidden(Exception):
    """The actor may not do this; the text says who may."""
