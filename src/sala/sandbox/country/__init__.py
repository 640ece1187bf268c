"""The demonstration country: invented ministries, departments, provinces and local governments.

Owns the word lists and the seeded generator that makes 8,280 organisations, the same on every machine. The
numbers by kind of local government are those of 6 August 2563 (7,850 in all); the names exist nowhere, which
a test compares with the map of Thailand and with the real service register. Every row carries
`is_demonstration`; areas are real only as places on the map. It never touches a real organisation.
"""
