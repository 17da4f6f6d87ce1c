"""Better weights for a campaign: looked for on the days its twin was fitted on, certified once on the days held out.

What is found is a proposal. Whether it is made is decided where every change of weights is judged.
"""
