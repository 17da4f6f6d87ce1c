"""Who may ask for what: keys, sessions and rights, and requests that come again under a key of their own.

It must never know what a change is, nor decide whether one may be made. Read first: `access.Access`, `rights.Role`,
`replays.Replays`.
"""
