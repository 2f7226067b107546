"""Templates: what they ship, whether it is sound, and how it joins what a tenant has.

library    the templates in a folder, and one of them read from its files
samples    its sample data: references followed, days moved to today, in an order that can be stored
checking   what is wrong with a template, as its author should hear it
merging    three-way merge of plain values: shipped before, the tenant's, shipped now
joining    which items of a template are whose in a tenant, by origin and first name
planning   installation, upgrade and removal as changes, with conflicts and what is kept
"""
