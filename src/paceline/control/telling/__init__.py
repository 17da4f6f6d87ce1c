"""Who hears of what: news put in the ledger's own transaction, subscribers, and what the platform itself tells.

It must never deliver anything: that is for the outbox. Read first: `announcing.Crier`, `webhooks.Webhooks`.
"""
