"""The log's events: one file a family declares what its events hold, what they mean and how they read.

To add an event: a class and its row in its family's file. To add a family: a file, and a line in registry.py.
"""
