"""The demonstration's test identity provider, shaped as ThaID is: an OpenID provider with invented people.

Words it owns: *persona* (an invented person who can sign in), *request* (one authorisation request, from the
first redirect to the code), *the app* (the page that stands for the app on a phone).

It is another party that happens to be served from the same address: it has its own issuer, key and cookie,
reads no session and no account of the site, and the site talks to it over HTTP only. Every page says TEST.
It is never installed outside the demonstration.
"""
