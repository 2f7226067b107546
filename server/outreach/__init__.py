"""Messages to customers: sent once by rules and journeys, with consent, within caps, and what has become of each.

rows         the table: a message by one channel
sql          every statement over it, by name
queueing     what rules and journeys can do: a message is put down, in their transaction
words        title and body by a template, for one customer
sending      a message leaves, waits for its time, or does not leave: consent, caps, quiet hours, the next channel
tracking     what is heard of a message: delivered, opened, clicked; links and their tokens
withdrawing  somebody unsubscribes by a message's link
upkeep       messages whose time is over
handlers     jobs and events → sending, conversions
calendar     what is planned to be sent by day, and what coincides
actions      what is offered: messages of a record, figures of every step
"""
