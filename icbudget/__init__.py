"""icbudget plans pooled NHS and council budgets: pools, acute activity, prevention, and who pays
and gains.
"""

__version__ = "0.1.0"
