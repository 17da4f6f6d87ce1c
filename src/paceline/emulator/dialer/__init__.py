"""The dialer inside the emulator: what an active campaign does while the platform's clock goes on.

`truth` is the world that it calls into, `orders` what the campaign told it to do, `hours` when; `engine` plays it event
by event, `dialing` keeps one for each campaign, `trial` plays a campaign aside. Read first: `engine.Dialer`, `truth`.
"""
