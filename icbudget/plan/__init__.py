"""The plan: nouns of pooled budgets as frozen values, one file a noun. No arithmetic, no files."""

from icbudget.plan.plan import RECORDS, SETUP, TABLES, Plan, PlanTable

__all__ = ["RECORDS", "SETUP", "TABLES", "Plan", "PlanTable"]
