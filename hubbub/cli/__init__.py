"""The command line: `bin/hubbub up | serve | worker | migrate | import | token | app | password`."""
