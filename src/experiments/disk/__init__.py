"""Project 2: is a point inside the disk? Networks of minidl, trained by its own loop under Lightning."""
