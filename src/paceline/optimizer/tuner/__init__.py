"""Better weights for a campaign: looked for on the days its twin was fitted on, certified once on the days held out.

What is found is a proposal. It must never make one live: that is decided where every change of weights is judged. Read
first: `tuner.tuned`, `search`, `told.Tuned`.
"""
