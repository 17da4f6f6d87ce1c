"""The service as programs meet it: over HTTP, on the emulator, on both databases."""
