"""What WordPress says of itself in its pages: which of them are no posts that a reader may read."""

from __future__ import annotations

import re

PASSWORD_FORM = "post-password-form"
"""Class of the form that stands in place of the text, on pages and in feeds."""
LOCKED = "asks for a password"
_BODY = re.compile(rb"<body\b[^<>]*\bclass\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
_FORM = re.compile(rb"<form\b[^<>]*\bpost-password-form\b", re.IGNORECASE)
_NO_POSTS = {"a page": re.compile(rb"(?<!\S)page-id-\d+"), "an attachment": re.compile(rb"(?<!\S)attachmentid-\d+")}


def reason_no_post(body: bytes) -> str | None:
    """Why a page of a WordPress is no post that can be read; None for a post, and for what is no WordPress.

    Body classes and the class of the form are WordPress's own (get_body_class, get_the_password_form); themes print
    them as they are.

    >>> reason_no_post(b'<body class="page-template-default page page-id-7"><p>Profil</p>')
    'a page of WordPress, no post'
    >>> reason_no_post(b'<body class="single single-post postid-7"><style>.post-password-form{}</style><p>Bimtek</p>')
    """
    if _FORM.search(body):
        return LOCKED
    classes = _BODY.search(body)
    if classes is None:
        return None
    return next((f"{what} of WordPress, no post" for what, name in _NO_POSTS.items() if name.search(classes[1])), None)
