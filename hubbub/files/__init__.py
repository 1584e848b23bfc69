"""Files: pictures that people sent, kept safely; whoever puts them somewhere says who sees them there."""

from hubbub.files.access import File
from hubbub.files.actions import forget, keep_picture
from hubbub.files.queries import answer, files, files_of, owned

__all__ = ["File", "answer", "files", "files_of", "forget", "keep_picture", "owned"]
