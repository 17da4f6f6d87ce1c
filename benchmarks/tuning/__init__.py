"""A campaign of the emulator whose weights are badly set: tuned through the corridor, and what its days are then."""
