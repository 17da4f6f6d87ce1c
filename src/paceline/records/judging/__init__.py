"""Call records judged by the law of their instant: who was called when, how often, how long it rang, how many waited.

It must never let a number out, decide for a campaign, or know a platform. Read first: `judge`, `rows`, `findings`.
"""
