"""What can be measured and read about running processes: metrics, logs without secrets, and what to do when one alarms.

It reads a `System` and changes nothing; it must never know HTTP frameworks, settings or pages. Read first: `collector`
(all metrics of one process), `ledger_counts` (how counters come from the ledger alone), `runbooks` (a page for each
id).
"""
