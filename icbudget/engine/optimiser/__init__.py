"""The best plan within its limits: a bounding model proposes, the engine judges."""
