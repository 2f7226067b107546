"""Uploaded files.

rows     table of files
store    bytes on disk: streamed in with a limit, renamed when whole
orphans  removes what no record holds
links    download URLs that are signed, end, and hold for one tenant
"""
