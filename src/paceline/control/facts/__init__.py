"""What the platform does not know of a campaign: declared, labelled, recorded, and the law that binds it by them.

It must never guess: what nobody declared is not known. Read first: `facts.Facts`, `known_facts`, `law.Law`.
"""
