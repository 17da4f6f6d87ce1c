"""What call records say of the dialer's world: how long things last, who answers, and how sure that is.

It must never know where records lie, who asks, or how a campaign is set. Read first: `fitted`, `durations`, `answers`.
"""
