"""Stocks as data: which records hold how much, and which lines need it.

values    what a stock is
checks    what is wrong with one
"""
