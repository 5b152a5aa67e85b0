"""What a letter says: one reader's choice of events over the days that it covers."""
