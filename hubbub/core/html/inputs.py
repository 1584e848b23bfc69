"""What core/fields.html draws: the fields of a form."""

import msgspec


class Option(msgspec.Struct, frozen=True):
    """A value to choose."""

    value: str
    label: str


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a form: what it is called, what stands in it, and what is wrong with that."""

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
