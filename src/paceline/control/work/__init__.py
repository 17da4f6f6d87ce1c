"""What runs with nobody in front of it: the worker's rounds, the watch, and what tells that a worker lives.

It must never decide anything of its own. Read first: `worker.Worker`, `watch.Watch`, `tasks.Task`.
"""
