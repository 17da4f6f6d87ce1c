"""What was predicted of changes of weights and pacing, and what came of it: measured, never assumed.

It must never judge a change. Read first: `prediction`, `accuracy`, `measuring`.
"""
