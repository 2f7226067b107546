"""Routing as a tenant declares it: queues, who works them, how one of them is chosen, and rules that fill them.

values   the kinds `queue` and `routing_rule`
steps    the kinds of steps by which an agent is chosen: one descriptor each
checks   what is wrong with queues and rules
"""
