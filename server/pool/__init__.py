"""Public pools: one service through which records change hands, by three clocks.

rows        the tables: who holds what until when, and the ledger of every change
sql         every statement over them, by name
ownership   claim, assign, give back, take back, follow: the one way, with caps, in one transaction
handlers    writes and moments → clocks extended, owners told, records taken back
actions     what is offered about pools
"""
