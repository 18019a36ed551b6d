"""What runs a student's code: the box, the program inside it, and the wire to it.

The files that the program inside needs (wire, values, layers, shell, agent, zygote, wall, limits, seccomp, landlock) import
nothing else of the course but each other: they are copied into the box.
"""
