"""One side of a comparison each: a script that reads the same things again and again, by an interpreter of its own."""
