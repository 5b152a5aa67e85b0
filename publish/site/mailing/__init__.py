"""What a reader of the site does with the letter: asks for it, confirms, changes it, leaves, reads her own copy."""
