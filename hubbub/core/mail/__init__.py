"""Mail: an act writes what is to be sent, the worker sends it once; where there is no mail server it is kept and shown."""

from hubbub.core.mail.messages import Mail
from hubbub.core.mail.outbox import JOB, kept, post, refused, secret_of, send

__all__ = ["JOB", "Mail", "kept", "post", "refused", "secret_of", "send"]
