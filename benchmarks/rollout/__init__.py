"""Rollouts whose truth is known: how often they are promoted, held or undone, and after how long."""
