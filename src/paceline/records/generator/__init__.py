"""Call records of a world whose truth is known, for the demo, the tests and the benches.

It must never read a file. Read first: `truth`, `generator`.
"""
