"""The trusted side: runs a lab's grade cells against answers that live in a box. No student's code
ever runs here."""
