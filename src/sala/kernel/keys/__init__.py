"""One signing interface over file and PKCS#11 keys."""
