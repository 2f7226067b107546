"""The one typed language of conditions and formulas.

In order of control flow:

    types       what a value can be
    tree        the untyped tree that text, filters and access rules become
    literals    constants: canonical text and Python value
    tokens      text → tokens with positions
    text        text ↔ tree
    scope       which fields an expression may name, answered from a TenantModel
    functions   the library: one descriptor per function with its types, help, Python and SQL
    check       tree → typed tree, or every fault in it
    references  which fields an expression uses; renaming them; cycles of computed fields
    computed    formula, rollup and lookup fields as expressions
    evaluate    typed tree → Python function

The SQL back end is `server.records.expressions`; a differential test holds the two to one meaning.
"""
