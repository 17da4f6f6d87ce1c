"""Two settings of one campaign, changed over from block to block by coins thrown beforehand, and what that shows.

What is planned and judged is pure (`plan`, `blocks`, `counts`, `looking`); what is done about it is the rest. It must
never know the platform's spelling, nor leave the new setting live by itself. Read first: `plan.ExperimentPlan`,
`engine.Engine`.
"""
