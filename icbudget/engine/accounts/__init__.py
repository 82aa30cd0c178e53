"""Who pays, owes and holds.

Postings, positions, risk and gain shares, the year as it runs and as it closes.
"""
