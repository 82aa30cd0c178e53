"""Workbooks of a real plan that people, programs or the post spoiled, each with what must happen."""
