"""The only place that reads and writes tenant tables.

layout       (object, field) → (table, columns): the seam
ddl          schema steps → SQL
plans        what a request asks of records, before any SQL
compiler     read plans → one statement; `scopes`, `clauses` and `statements` hold its names, text and parameters
record_json  what a record answers; `json_text` writes JSON as SQL, `pages` the rows of a list
expressions  the SQL back end of expressions
figures      aggregates
hits         search over several object types; `search` folds the text
writing      create, update, upsert, delete, restore, destroy, merge
plain        whether everything that expressions are made of is read plainly
problems     what PostgreSQL refuses, in the API's words
"""
