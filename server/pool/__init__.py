"""Public pools: one service through which records change hands, by three clocks.

rows        the tables: who holds what until when, and the ledger of every change
sql         every statement over them, by name
holdings    how records are held, as it is stored: holdings, ledger, timers and events, for any number of records
ownership   claim, assign, give back, follow: the one way, with caps, in one transaction
recycling   what is due: taken back, asked about, warned of, in sets of records
looking     what is due and why, what is hidden, what is known already
handlers    writes and moments → clocks extended, owners told, records taken back
actions     what is offered about pools
"""
