"""Uploaded files.

rows     table of files
store    bytes on disk: streamed in with a limit, renamed when whole, cleaned up when orphaned
links    download URLs that are signed, end, and hold for one tenant
"""
