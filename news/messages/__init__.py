"""How messages read: every text a person sees, and the two looks it is drawn in."""
