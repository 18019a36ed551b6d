"""What runs a student's code: how a box is made and the program inside it, which is copied into the
box (see `stage`)."""
