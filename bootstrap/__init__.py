"""What works before anything is installed: the manifest, the set-up, the doctor.

Only the standard library: nothing else is there when it runs first.
"""
