"""The addresses under `/v1`, one module for each kind of thing; each is short, for the corridor does the work.

It must never decide what may be done, nor know a page. Read first: `verbs`, `campaigns`, `changes`.
"""
