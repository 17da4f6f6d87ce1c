"""Projections held against what another dialer then does."""
