"""Kept call records, made a small summary: who was there, what happened in each half-hour, who answers.

It must never check a row. Read first: `records`.
"""
