"""The ground every room stands on: transactions, events, jobs, sockets, HTTP, templates. Knows no noun of the business."""
