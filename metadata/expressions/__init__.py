"""The one typed language of conditions and formulas.

In order of control flow:

    types        what a value can be
    tree         the untyped tree that text, filters and access rules become
    literals     constants: canonical text and Python value
    tokens       text → tokens with positions
    text         text ↔ tree
    scope        which fields an expression may name, answered from a TenantModel
    functions    the library: one descriptor per function with its types, help, Python and SQL
    before       `old.field` → the value before a change
    check        tree → typed tree (`checked`), or every fault in it: `paths` follows fields, `calls` fits functions,
                 `unifying` brings values to a common type, by the rules of `fitting`
    drawing      tree → JSON, for clients
    references   which fields an expression uses, and renaming them
    environment  what a run is given besides the record: clock, zone, actor
    evaluate     typed tree → Python function; `arithmetic` holds the exact arithmetic

Formula, rollup and lookup fields become trees in `metadata.fields.computed`; `metadata.model.computed` finds cycles.

The SQL back end is `server.records.expressions`; a differential test holds the two to one meaning.
"""
