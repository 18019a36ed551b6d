"""What a student handed in: a notebook that can be graded, or a sentence that says why not."""
