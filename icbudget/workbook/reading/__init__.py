"""From a workbook file to the draft of a plan: every cell accounted for, every problem with its
place.
"""
