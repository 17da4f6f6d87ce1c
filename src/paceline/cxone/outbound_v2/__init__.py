"""The platform's `/api/v2` interface: campaigns with revisions, preconditions, idempotency keys and effective times.

Read first: `dialect.OutboundV2`, `wire.CampaignAnswer`.
"""
