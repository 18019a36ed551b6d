"""What crosses between the checker and a box: frames, and the values in them. It is copied into
every box."""
