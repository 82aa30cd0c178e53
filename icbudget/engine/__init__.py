"""The engine: pure functions from a plan to its result.

They work on arrays whose leading axis is draws; a plan is one draw.
"""
