"""Workbooks: the only place that knows sheets, tables and styles.

They read and write; there is no arithmetic of the plan.
"""
