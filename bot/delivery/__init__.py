"""Delivery: carries what stands in the outbox to the platforms.

`pieces` cuts a long message, `attempts` decides what follows a failed send, `deliverer` is the
loop that claims, sends and acknowledges.
"""
