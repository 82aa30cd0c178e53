"""From a workbook file to the draft of a plan.

Every cell is accounted for, and every problem has its place.
"""
