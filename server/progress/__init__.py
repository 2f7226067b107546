"""Customers follow their matter by a link, without an account, and rate it once.

definitions  what a page is made of; what has to tell the course of a matter
service      actions: make, list and revoke links
page         one visit: the link looked at, the page put together, a rating taken
wording      words and times of the page, in the visitor's language and the tenant's zone
actions      what is offered
sql          the statements
pages/       the HTML
"""
