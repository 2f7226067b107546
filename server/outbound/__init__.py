"""Requests to servers that tenants name: guarded, signed, bounded. What webhooks and messages are sent by.

urls         which URLs may be named at all
addresses    which addresses may be called
transport    HTTP that connects to the checked address only
signing      Standard Webhooks secrets and signatures
"""
