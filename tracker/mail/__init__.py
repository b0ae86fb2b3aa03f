"""E-mail: what waits for a member, at most once a day. Off until the operator names a mail server."""
