"""Classifiers at work: texts of records judged once for each text and version, kept with the record, and told.

rows      the table: what the text of a record was last found to be
sql       every statement over it, by name
marking   judgements kept, written into the fields that keep them, and told as events
handlers  written texts → judgements
actions   what is offered about classifiers
"""
