"""The emulator beside the published `moto` server: same work, same client, one run, alternating rounds.

Read `__main__` for the order of events, `work` for what is asked of each server, `lanes` for the client.
"""
