"""Accounts: who signs in, how sure we are of it, and for whom they act.

Words it owns: *account* (one person who signs in), *sign-in* (one entry of the log), *assurance* (IAL: how well
the person was identified; AAL: how well this sign-in proved it), *step-up* (proving it again, or better),
*mandate* (one account may act for another within a scope), *consent* (a person lets a purpose use their data).

It keeps a name, an address for notices and the sealed national ID, and knows no register: birth, address or
family stay where they belong. It never decides what an office-holder may do (registry does), and never lets a
national ID into an address or a log.
"""
