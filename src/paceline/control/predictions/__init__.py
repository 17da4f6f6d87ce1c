"""What was predicted of changes of weights, what came of it, and how well the two agree: measured, never assumed.

It must never judge a change. Read first: `prediction`, `accuracy`, `measuring`.
"""
