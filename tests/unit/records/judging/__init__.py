"""Call records judged by the law of their instant."""
