"""The readable report: one self-contained HTML page, its tables as CSV and the ledger, all from one
case.
"""
