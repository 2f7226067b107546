"""Flows: how records move, as data. What can be decided about a definition without a database.

values     what a flow, a node, an edge and the settings of each kind of node are
nodes      the kinds of nodes: one descriptor each
terms      checks of the parts that several kinds share: assignees, field rules, expressions, durations
structure  edges, reachability, blocks of splits and joins
lint       every fault of a flow at once, before it is published
graph      nodes and edges with positions, for drawing
bpmn       BPMN 2.0 XML, both ways
differing  what differs between two versions
"""
