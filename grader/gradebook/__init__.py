"""What is kept of a lab and its submissions: marks, outcomes, results, and the table of them."""
