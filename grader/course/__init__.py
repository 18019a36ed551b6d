"""What a course is: its folders, its lab notebooks, the limits on a submission."""
