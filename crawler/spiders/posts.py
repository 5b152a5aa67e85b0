"""What WordPress says of itself in its pages: which of them are no posts that a reader may read."""

from __future__ import annotations

import re

from scrapy.http import Response, TextResponse

PASSWORD_FORM = "post-password-form"
"""Class of the form that stands in place of the text, on pages and in feeds."""
LOCKED = "asks for a password"
_BODY = re.compile(r"<body\b[^>]*\bclass\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
_FORM = re.compile(rf"<form\b[^>]*\b{PASSWORD_FORM}\b", re.IGNORECASE)


def reason_no_post(response: Response) -> str | None:
    """Why a page of a WordPress is no post that can be read; None for a post, and for what is no WordPress.

    Body classes and the class of the form are WordPress's own (get_body_class, get_the_password_form); themes print
    them as they are.
    """
    if not isinstance(response, TextResponse):
        return None
    if _FORM.search(response.text):
        return LOCKED
    body = _BODY.search(response.text)
    classes = body[1].split() if body else []
    for what, name in (("a page", r"page-id-\d+"), ("an attachment", r"attachmentid-\d+")):
        if any(re.fullmatch(name, one) for one in classes):
            return f"{what} of WordPress, no post"
    return None
