"""Automation rules as a tenant declares them, and what can be decided about them without a database.

values      rules, their triggers' and actions' settings, guards, test cases
triggers    the kinds of triggers: one descriptor each
actions     the kinds of actions: one descriptor each
lint        every fault of a rule at once
timing      when a rule by the clock is due; counts in a window
testing     stored test cases, played in Python
witness     records that meet some conditions and miss others
conflicts   what two sound rules do to each other, each with a record that shows it
"""
