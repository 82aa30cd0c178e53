"""Workbooks: the only place that knows sheets, tables and styles. Reading and writing, no
arithmetic of the plan.
"""
