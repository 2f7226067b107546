"""The commands of `tangram`, one module a noun; each adds its parsers and calls what does the work.

running             serve, worker, migrate, doctor
tenants             tenant create, list, export, drop
templates           template list, check, install
metadata_changes    metadata plan, apply
users               user create
opening             what commands have open while they run
parsing             the shape of the command line

Modules that do the work are imported when a command runs, so that `tangram --help` and the long-lived `tangram serve`
stay small.
"""
