"""What the plan is worth.

Present values, goals and their gaps, forms of integration, versions of indices.
"""
