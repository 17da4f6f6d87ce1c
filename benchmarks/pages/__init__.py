"""What every page weighs and how fast it answers whoever uses it, at 1,000 campaigns."""
