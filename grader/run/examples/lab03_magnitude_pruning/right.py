"""Right: every answer is the reference, so nothing differs."""
