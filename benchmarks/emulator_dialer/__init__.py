"""Whether the best setting of the emulator's dialer lies inside the bounds of the contract."""
