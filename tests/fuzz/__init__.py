"""Random and spoiled plans in number: `python -m tests.fuzz SEED COUNT`, and a fixed budget in CI."""
