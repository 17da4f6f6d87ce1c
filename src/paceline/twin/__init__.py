"""A fitted scenario that must first reproduce what happened, before it may predict.

It must never know a platform or who asks. Read first: `model.Twin`, `judging.judged`, `drift`.
"""
