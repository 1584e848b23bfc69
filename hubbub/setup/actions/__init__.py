"""What is done to a whole organization."""

from hubbub.setup.actions.imports import import_folder
from hubbub.setup.actions.outcome import Outcome

__all__ = ["Outcome", "import_folder"]
