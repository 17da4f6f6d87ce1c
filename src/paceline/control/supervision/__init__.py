"""The supervisor: steers the pacing of a campaign once a minute of the platform's clock, inside certified bounds.

`controller` decides, and is pure; `envelope` certifies; `supervisor` looks and steers; `standing` is what is kept. It
must never know the platform's spelling, nor the voice of the command line. Read first: `controller.updated`,
`controller.asked`, `supervisor.Supervisor`.
"""
