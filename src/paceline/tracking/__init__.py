"""What was tried and what came of it, told to a tracking server: MLflow, by its REST interface.

It must never know a campaign, a change or the ledger. Read first: `run`, `mlflow`.
"""
