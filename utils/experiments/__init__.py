"""One file a claim: each function computes the rows (a list of dictionaries) that show it, and
never draws.
"""
