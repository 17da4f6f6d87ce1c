"""What waited and is due: judged anew by what came since, made through the corridor, and closed.

It must never send anything but through the corridor. Read first: `changes.DueChanges`, `judgement.DueJudgement`,
`approvals.Approvals`.
"""
