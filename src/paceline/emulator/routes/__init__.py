"""The platform's addresses, one module per kind of thing: each lists its operations and has the functions that answer.

A module here may know records, forms and documents; it never knows the network. Read first: `campaigns.OPERATIONS`.
"""
