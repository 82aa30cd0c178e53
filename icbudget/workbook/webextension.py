"""The add-in that a workbook names: what Excel stores in a file that uses custom functions of an Office add-in."""

from __future__ import annotations

ADD_IN_ID = "6d6c2c4e-8a2c-4b0f-9a55-5b9f6f2a7c31"
"""Id of the icbudget add-in in its manifest; stored in people's workbooks, so it never changes."""
