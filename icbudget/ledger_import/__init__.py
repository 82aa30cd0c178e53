"""A ledger's export to rows of Actuals: mapped columns, every row taken or rejected with its
reason, totals that agree.
"""
