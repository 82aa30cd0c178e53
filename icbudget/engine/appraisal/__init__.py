"""What the plan is worth: present values, goals and their gaps, forms of integration, versions of
indices.
"""
