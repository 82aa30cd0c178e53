"""What every benchmark asks: whether it measures, or only runs once to see that it still works."""

from __future__ import annotations

import os

import pytest


@pytest.fixture
def full(request):
    return (
        request.config.getoption("benchmark_enable")
        or os.environ.get("ICBUDGET_BENCHMARK") == "full"
    )
