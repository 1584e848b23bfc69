"""Hubbub: a self-hosted enterprise social network that lives inside a CRM data platform."""
