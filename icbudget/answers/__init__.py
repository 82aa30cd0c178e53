"""Answers: the plan's results as blocks of labelled values, one module a family. No arithmetic
beyond reading results.
"""
