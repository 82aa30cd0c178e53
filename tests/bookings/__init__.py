"""Tests of reading a ledger."""
