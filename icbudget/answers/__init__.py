"""The plan's results as blocks of labelled values, one module a family.

There is no arithmetic here beyond reading results.
"""
