"""The HTTP service: other systems' requests in, the same corridor as the commands, answers and events out.

It decides nothing of its own: who may ask (`identity`), what was asked (`bodies`, `decode`), and how an outcome reads
in HTTP (`answers`, `problems`). It must never know the platform or the database. Read first: `app.application`,
`routes.verbs`, `answers.answer_of`.
"""
