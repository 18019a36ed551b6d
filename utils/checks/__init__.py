"""What a right answer does: a room a lab, an exercise a file. `check_<exercise>(answer)` raises
CheckFailed or says ✓."""
