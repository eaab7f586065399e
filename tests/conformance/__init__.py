"""Plays the executions that were recorded on AWS against a server, and compares."""
