"""Classifiers: what a text is about, or how it is meant, decided by rows that a tenant edits.

values    classifiers, their classes and entries as a tenant declares them
judging   what a judgement is: a class, its confidence, and the words that decided
lexicon   words with weights, denied and intensified
learned   likeness to examples
kinds     the kinds of classifiers: one descriptor each
proving   judged by texts whose class is known: precision and recall
checks    every fault of a classifier
"""
