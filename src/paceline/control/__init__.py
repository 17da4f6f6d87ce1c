"""The corridor: one change from intent to proof, and what walks beside it.

It must never know in which dialect a platform is spoken to, nor which entrance a change came in by. Read first:
`pipeline.Corridor`, `outcome.Outcome`, `recorder.Recorder`.
"""
