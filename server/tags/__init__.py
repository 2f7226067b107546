"""Tags with a reason: given by people, programs and rules, for a time; some exclude each other.

rows       the table: who gave which tag when and why, and how it ended
sql        every statement over it, by name
tagging    give and take, in one transaction with the record
handlers   tags that lapse; tags written on other paths, followed
actions    what is offered about tags
"""
