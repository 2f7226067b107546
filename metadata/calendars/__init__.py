"""Business calendars and service levels as declared, and the arithmetic of working time.

values      what a calendar and a service-level policy are
hours       a calendar → its windows, day by day, as instants
arithmetic  working time: when so much of it has passed, how much lies between
holidays    lists of holidays: China's, with make-up workdays, and iCal files
checks      faults of calendars and policies
"""
