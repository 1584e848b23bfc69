"""What the worker does for records."""

from hubbub.records.actions.rules import COLLECT, FILL, collect_rule, fill_rule

JOBS = {FILL: fill_rule, COLLECT: collect_rule}
