"""From a plan and its answers to a workbook: sheets, formulas, charts, checks."""
