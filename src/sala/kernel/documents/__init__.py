"""Official documents: PDF/A-3, PAdES, QR and the verification page."""
