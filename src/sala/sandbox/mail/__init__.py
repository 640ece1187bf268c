"""The mail catcher of the demonstration: outgoing mail is kept and shown on a page marked TEST, and leaves nobody's machine.

Words it owns: *caught mail*. It exists only where the demonstration country is installed, is open to everyone who
can reach that installation, and must never be given real addresses.
"""
