"""The HTTP service under load: reads beside an empty route, event streams that lose nothing, memory that stays."""
