"""What data say of new weights, asked for the corridor, kept with the change, and shared among those who ask.

It must never judge: it only gathers what is judged. Read first: `weighing.Weighing`, `weighed`, `asks`.
"""
