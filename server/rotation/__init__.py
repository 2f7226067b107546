"""New keys for what is encrypted: a tenant's data key, and the installation's secret that wraps data keys.

places       which columns of a tenant hold ciphertexts, also those of removed fields that may come back
recrypting   pure SQL and ciphers: one batch of values, read with any key, written with the newest
rotating     begins a rotation; the job that carries it on, sweeps and retires the former keys; the new secret
"""
