"""The inbox: shows what people were told, as the bell, a page and REST; notify keeps it, feed says what of it is seen."""

from hubbub.inbox.queries import audience, unseen

__all__ = ["audience", "unseen"]
