"""What a handler is given, by the names of its parameters: request, tx, and key or name from its address."""

from typing import Any

import litestar
from litestar.di import NamedDependency
from litestar.params import FromPath

from hubbub.core.db import Tx

Request = litestar.Request[Any, Any, Any]
Transaction = NamedDependency[Tx]
InPath = FromPath[str]
