"""Ways to reach customers as a tenant declares them, and what can be decided about them without a database.

values   contact channels
checks   what is wrong with a channel
planning which messages will be sent, and what coincides; pure
timing   when a message may go: quiet hours, caps; pure
"""
