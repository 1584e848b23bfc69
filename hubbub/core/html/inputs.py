"""What core/fields.html draws: the fields of a form."""

import msgspec


class Option(msgspec.Struct, frozen=True):
    """A value to choose, and what it is called: a name that people gave, or a text that speaks the reader's language."""

    value: str
    label: str


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a form: what it is called in the reader's language, what stands in it, and what is wrong with that."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    required: bool = False
    error: str | None = None
    help: str | None = None
    max_length: int | None = None
    options: list[Option] = []
    wide: bool = False
