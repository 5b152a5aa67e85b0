"""The fault bench: what goes wrong on the web, on real servers on loopback, with the real commands."""
