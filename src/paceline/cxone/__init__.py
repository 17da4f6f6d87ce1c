"""The platform, and the only one who calls it: one way to send, and a dialect for each of the platform's interfaces.

It must never know why a change is wanted, or what is recorded about it. Read first: `transport.Transport`,
`retry.decision`, `outbound_v2.dialect.OutboundV2`.
"""
