"""Accounts, sign-in and assurance levels."""
