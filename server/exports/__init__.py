"""Records as files: asked for, written by a job with the exporter's own rights, fetched by a signed link.

definitions  what is asked for, and what reads it for us
watermarks   codes that tell whose eyes something was made for: visible, invisible, and found again
cells        values as a file shows them: formulas are disarmed
sheets       CSV and XLSX, written row by row
sql          statements over exports and watermarks
running      the handler that writes a file, and the chore that removes old ones
asking       the engine: start, list, fetch, resolve
actions      what is offered to GraphQL
rows         the tables
"""
