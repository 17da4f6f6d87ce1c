"""The abandonment book: what was measured of each campaign in each legal period, what is left of the allowance, guards.

It must never judge a change, which is the aspects' own affair, nor count anything itself: every figure is what the
platform told, with the instant at which it did. Read first: `book.AbandonmentBook`, `accounts.Accounts`,
`guards.Guards`.
"""
