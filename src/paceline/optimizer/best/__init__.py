"""The best pacing under the limit, with its certificate, and in the words in which it can be sent.

It must never know a platform, a ledger or a database. Read first: `pacing.best_pacing`, `settings.terms_for`,
`contract.contract_best`.
"""
