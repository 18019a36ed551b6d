"""What goes out to students: labs, proved first, and the archive of a class."""
