"""What is done to one campaign over hours or weeks, a look at a time: what rollouts and experiments have in common.

It keeps them, says whose turn it is, and looks at them; what a look means is for their own rooms, of which it must
never know. Read first: `standing.Undertaking`, `keeping.Undertakings`, `turns.Turns`.
"""
