"""What a running Hubbub counts: by route, status and kind of job, never by anybody's id or name."""

from prometheus_client import Counter, Gauge, Histogram

requests = Counter(
    "hubbub_http_requests", "Answered requests, by the route's template.", ["method", "route", "status"]
)
request_seconds = Histogram(
    "hubbub_http_request_seconds",
    "From a request's arrival to the end of its answer.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
sockets_open = Gauge("hubbub_sockets_open", "Open pages that are told live.", multiprocess_mode="livesum")
events_recorded = Counter("hubbub_events_recorded", "Events of committed acts.")
relay_lag_seconds = Histogram(
    "hubbub_relay_lag_seconds",
    "From the beginning of an act until the pages of a process were told of its event.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
alive = Gauge(
    "hubbub_alive_timestamp_seconds",
    "When a part that never rests (relay, worker) was last at work; of several, the one for which that is longest ago.",
    ["part"],
    multiprocess_mode="livemin",
)
pool_size = Gauge("hubbub_pool_size", "Connections that acts may hold at once.", multiprocess_mode="livesum")
pool_in_use = Gauge("hubbub_pool_in_use", "Connections held by acts.", multiprocess_mode="livesum")
pool_waiting = Gauge("hubbub_pool_waiting", "Acts that wait for a connection.", multiprocess_mode="livesum")
jobs_done = Counter(
    "hubbub_jobs_done", "Attempts at jobs, by how they ended (done or failed).", ["job", "outcome"]
)
job_seconds = Histogram(
    "hubbub_job_seconds",
    "How long an attempt at a job took.",
    ["job"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300),
)
