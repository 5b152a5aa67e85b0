"""The site as it runs: one whole release at a time, its answers kept, changed for the next without a break."""
