"""Stock that lines reserve, consume once and let go, so that never more is promised than there is.

rows       the table: what is promised to which line, and whether it was used up
sql        every statement over it, by name
counting   what a line needs of which holder: pure
keeping    reserve, consume, release: locks, checks, writes, in one transaction
handlers   lines that are deleted let go what they were promised
actions    what is offered about stock
"""
