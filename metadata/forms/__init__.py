"""What can be decided about a form from its declaration alone.

values   a form as documents have it: sections, fields, rules, settings of the widgets
widgets  how a field is filled in: one descriptor each, with its checks
lint     every fault of a form at once
access   what may and must be done with each field of a step, by the rules that hold
"""
