"""The report, the papers, the audit pack and their tables as CSV, all made from one case."""
