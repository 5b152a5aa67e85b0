"""Who gets which letter, and what became of it: readers' addresses and the ledger, in a file of their own (mail.db)."""
