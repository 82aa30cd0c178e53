"""The Excel face: a registry of functions, and hosts as thin shells over it. No arithmetic."""
