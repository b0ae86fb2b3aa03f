"""Answers that programs in pages of other sites may read: what is public of the record, whoever asks."""

# No cookie and no token goes with such a request: a browser would have to ask first, and nothing here says yes.
OPEN = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Link",
    "cross-origin-resource-policy": "cross-origin",
}
