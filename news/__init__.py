"""What news is: nouns and decisions. Pure: no I/O, no clock, no async."""
