"""The installation's keys: one way to sign, wherever the private half lives, and old signatures stay good.

Words it owns: purpose (what a key may sign: documents, audit checkpoints, published records), key id (RFC 7638
thumbprint), store (an encrypted file or a PKCS#11 module), rotation (a new key takes over, the old one retires
and still verifies), revocation (it verifies no more), demonstration authority (our own, so named, which issues
certificates for document signing until a real one does).

It never shows a private key, never signs for a purpose that was not declared, and never deletes a key row.
"""
