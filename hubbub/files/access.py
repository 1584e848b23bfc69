"""What a file is."""

from datetime import datetime

import msgspec

from hubbub.core import ids

EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png"}


class File(msgspec.Struct, frozen=True):
    """A picture that somebody sent, as we made it: whole, and small."""

    id: int
    owner_id: int
    title: str
    media_type: str
    width: int
    height: int
    bytes: int
    digest: str
    small_digest: str
    made_at: datetime

    @property
    def key(self) -> str:
        return ids.show(self.id)

    @property
    def url(self) -> str:
        return f"/files/{self.key}"

    @property
    def extension(self) -> str:
        return EXTENSIONS[self.media_type]
