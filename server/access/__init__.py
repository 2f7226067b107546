"""What an actor may do.

plan     AccessPlan: operations, rows and fields of one role set, read by the compilers of reads and writes
"""
