"""Algorithm weights: known keys and bounds, steps from the live weights, and what data say of them.

It must never know the pacing, a platform, or how evidence is made. Read first: `changes.SetWeights`, `checks.guarded`,
`significance.by_data`.
"""
