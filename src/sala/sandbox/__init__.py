"""The demonstration country: invented agencies, a test identity provider, a mail catcher."""
