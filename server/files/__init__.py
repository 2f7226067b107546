"""Uploaded files.

rows     table of files
store    bytes on disk: streamed in with a limit, renamed when whole
orphans  removes what no record holds
holding  whether somebody may read what holds a file
links    download URLs that are signed, end, and hold for one tenant
"""
