"""Channels that come along; the inbox is no channel here, since every message is in it already.

email    SMTP
webhook  a signed POST to a URL of the receiver's
"""
