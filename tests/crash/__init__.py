"""Kills the server under load, again and again, and checks every execution against a model."""
