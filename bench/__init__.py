"""What this machine does with Hubbub, in ratios of one run: `bin/bench` measures all, `bin/bench feed` one thing."""
