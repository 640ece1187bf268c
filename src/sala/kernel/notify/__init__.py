"""Notices: what the platform tells a person, in the inbox of the site and by e-mail.

Words it owns: *notice* (a declared code with its texts in both languages, and the parameters of one event),
*inbox* (a person's notices), *delivery* (one notice on its way through one channel: queued, sent, failed, bounced,
given up), *preference* (which channels a person wants for a code).

A notice is written in the transaction of the action that causes it; its delivery happens afterwards, at least once
and under one Message-ID. It never decides whom an event concerns, and puts no more personal data into a mail than
the notice's own text holds.
"""
