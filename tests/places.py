"""Where the tests find what the repository carries, whatever folder a test stands in."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKBOOKS = ROOT / "workbooks"
"""The finished plans that ship, each as YAML and as a workbook."""
BOROUGH = WORKBOOKS / "illustrative-borough.yaml"
EXAMPLES = ROOT / "tests" / "examples"
FIXTURES = ROOT / "tests" / "fixtures"
FIRST = FIXTURES / "first"
"""The plans and workbooks as they first shipped: readable for good, and what benchmarks run on."""
FIRST_BOROUGH = FIRST / "illustrative-borough.yaml"
OLDEST = FIXTURES / "oldest"
