"""From a plan to its years.

Structure, funding, activity, what is moved, bought, avoided and released.
"""
