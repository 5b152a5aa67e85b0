"""How a letter reaches its reader: composed once, handed over once, and what comes back."""
