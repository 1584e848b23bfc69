"""Set-up: what administrators do to a whole organization. Loading its data from CSV files."""

from hubbub.setup.access import BadFile
from hubbub.setup.actions import Outcome, import_folder

__all__ = ["BadFile", "Outcome", "import_folder"]
