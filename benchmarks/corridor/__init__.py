"""What safety costs: the corridor beside a bare loop that only sends, in one run."""
