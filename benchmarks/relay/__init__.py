"""Messages through a receiver that fails at random."""
