"""`paceline demo`: one story on an emulator, two people and one ledger; every act is checked before its line is told.

It must never know more than an entrance may: it uses the systems as everybody does, and looks behind the platform by
the emulator's own control surface. Read first: `story.ACTS`, `scene.Scene`, `telling.Act`.
"""
