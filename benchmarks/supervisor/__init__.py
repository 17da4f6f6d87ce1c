"""Whether a supervised campaign stays at its limit in a world that drifts, and what that costs in agents' time."""
