"""A change of pacing applied in steps under watch: promoted on evidence, held without, undone when it harms.

What is decided is pure (`plan`, `evidence`, `decision`); what is done about it is the rest. It must never know the
platform's spelling, nor move on for lack of data. Read first: `plan.Plan`, `decision.decide`, `evidence.Trail`.
"""
