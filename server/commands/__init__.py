"""The commands of `tangram`, one module a noun; each adds its parsers and calls what does the work.

running     serve, worker, migrate, doctor
templates   template list, check
users       user create
opening     what commands have open while they run

Modules that do the work are imported when a command runs, so that `tangram --help` and the long-lived `tangram serve`
stay small.
"""
