"""How often a sender may use the form: it makes us write to whomever it names.

How often one mailbox is written to is said by db.mailing.subscribers.MOST_CONFIRMATIONS.
"""

from __future__ import annotations

from publish.site.limits import Limit

ASKING = Limit("letter", 12, 3600)
"""Requests that one sender's address may send."""
CHANGING = Limit("own page", 60, 3600)
"""Changes by the token of a letter, and confirmations; stopping the letters knows no limit."""
