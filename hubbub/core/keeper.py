"""Parent of an embedded PostgreSQL server: stops it when the last process that uses it is gone.

Every user of the database holds a shared lock on one file. The kernel drops such a lock however a process ends,
kill -9 included, so the exclusive lock that waits here is granted exactly when nobody is left. Run as a script by
embedded.py with the bare interpreter, to stay small: only modules that Python has loaded anyway.

    keeper.py LOCKFILE COMMAND...
"""

import fcntl
import os
import signal
import sys


class Gone(Exception):
    """The server ended by itself."""


def main(lockfile: str, command: list[str]) -> int:
    # Whoever started us may be stopped from a terminal; that is for him to handle, and then our turn comes.
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(ignored, signal.SIG_IGN)

    def gone(number: int, frame: object) -> None:
        raise Gone

    def stop(number: int, frame: object) -> None:
        os.kill(server, signal.SIGINT)

    lock = os.open(lockfile, os.O_RDWR)
    signal.signal(signal.SIGCHLD, gone)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    server = os.posix_spawnp(
        command[0],
        command,
        {**os.environ, "LC_ALL": "C"},
        setsigmask=[],
        setsigdef=[signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGCHLD],
    )
    signal.signal(signal.SIGTERM, stop)
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        fcntl.flock(lock, fcntl.LOCK_EX)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.kill(server, signal.SIGINT)  # PostgreSQL's fast shutdown
    except Gone:
        pass
    # The lock is kept until the server is gone, so that nobody starts a second one beside it.
    _, status = os.waitpid(server, 0)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1], sys.argv[2:]) == 0 else 1)
