"""A ledger's export to rows of Actuals.

Columns are mapped, every row is taken or rejected with its reason, and the totals agree.
"""
