"""From a plan to its years: structure, funding, activity, what is moved, bought, avoided and
released.
"""
