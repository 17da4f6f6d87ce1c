"""A campaign and what may be changed about it: pure values and judgements, no input or output.

A room per aspect, all with the same doors. It must never know how a platform is reached, or where anything is kept.
Read first: `change.Change`, `observed.Situation`, `ports.Platform`.
"""
