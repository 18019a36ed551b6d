"""What a student handed in, whatever it is: a notebook that can be graded, or a sentence that says
why not."""
