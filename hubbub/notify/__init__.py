"""Notify: who was told what, and which notices each person wants. It stores; the rooms above show and decide on sight."""

from hubbub.notify.access import KINDS, Kind, Notice, Sight, access_notice
from hubbub.notify.actions import A_JOB, change, forget, read_thread, see, take_back, tell, tell_now
from hubbub.notify.queries import Status, chosen, notices, status, unseen

__all__ = [
    "A_JOB",
    "KINDS",
    "Kind",
    "Notice",
    "Sight",
    "Status",
    "access_notice",
    "change",
    "chosen",
    "forget",
    "notices",
    "read_thread",
    "see",
    "status",
    "take_back",
    "tell",
    "tell_now",
    "unseen",
]
