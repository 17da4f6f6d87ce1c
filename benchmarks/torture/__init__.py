"""Processes that are killed at random instants while they change campaigns: nothing may be lost, nothing done twice."""
