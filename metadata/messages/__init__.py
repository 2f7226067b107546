"""Words for people: message templates as rows, the language they are written in, and what is wrong with them.

values    a template as a tenant declares it
events    what messages are sent about by themselves, and what their words may name
language  Jinja2, cut down to what always ends: no loops, no calls, no attributes of Python's own
checks    every fault of a template, with its line
"""
