"""Is calling time exact, and what does it cost? Three ways that share no code must agree to the minute."""
