"""How long 1,000 stops take under the platform's limit of requests, with other work queued before them."""
