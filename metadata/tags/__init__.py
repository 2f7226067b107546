"""Tag groups as a tenant declares them.

values   groups and their tags
checks   what is wrong with a group
"""
