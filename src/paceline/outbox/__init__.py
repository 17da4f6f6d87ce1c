"""Who must be told: messages put in the transaction of what they tell of, carried out signed, in order, at least once.

It must never know what a change means, nor the ledger: it is given rows of it. Read first: `message.News`, `box.Box`,
`relay.Relay`.
"""
