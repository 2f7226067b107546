"""Forms at work: what may be filled in where, looked at as a whole and written at once.

In order of control flow:

    actions      what is offered by name: description, submission, links, versions
    service      those actions: which version, which record, with whose rights
    links        public links: made, told once, counted, revoked
    public       submissions by whoever has a link
    description  a form as a client draws it: fields, options, conditions, values, limits
    filling      one record, filled in: assessed, then written
    assessing    what a step says of what was filled in; every fault at once
    widgets      places, codes and files, as widgets want them
    reading      values as they were sent → columns, input for the writer, lines
    picture      a record as it would be: what expressions say of it before it is written
    submissions  that it was filled in: a row and an event
    publishing   draft → lint → immutable version
    sql          the statements
    rows         the tables
"""
