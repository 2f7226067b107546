"""Messages: people are told what happened, in words they may read, by the channels they want.

definitions  notices, receivers, preferences, channels as frozen values
hearing      pure: an event of the log → notices: who is to be told what
receiving    accounts that a notice is for, page by page, and how each wants to be told
wording      a notice and a receiver → title and body
telling      handler: an event → rows of inboxes, live notices, the first delivery
deciding     pure: when and by which channel a message goes on: fall-back, quiet hours, caps, digests
delivering   handler: one message by one channel, its attempts, and what comes next
channels     the channels that come along: inbox, e-mail, webhook
inbox        actions: read, mark, prefer, preview, send
actions      what is offered
upkeep       chore: what is over is removed
sql          every statement, by name
"""
