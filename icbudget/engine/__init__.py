"""The engine: pure functions from a plan to its result, over arrays whose leading axis is draws (a
plan is one draw).
"""
