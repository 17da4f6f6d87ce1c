"""How often the intervals of what is fitted to call records hold."""
