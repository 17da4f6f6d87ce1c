"""Runs sent to the published MLflow server, and read back with its own client."""
