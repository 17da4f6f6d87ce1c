"""What a change of pacing is expected to do: days that were measured, played with the live pacing and with the other.

It computes, and asks nobody. Read first: `forecaster.SimulatedForecaster`, `fit.model_of`, `risk.risk_of`.
"""
