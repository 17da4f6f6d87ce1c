"""A campaign platform that runs on one's own desk and refuses like the real one.

It answers HTTP as the platform contract says, by its own rules: it shares no code with the controller, so that it can
disagree with it. It must never know campaigns as the controller sees them, the law, the ledger or the database. A
request walks one way: `server` -> `application` -> `platform` -> `admission` -> one operation of `routes` -> `world`.
Read first: `platform.Platform`, `admission.AFTER_ADDRESS`, `routes.campaigns`.
"""
