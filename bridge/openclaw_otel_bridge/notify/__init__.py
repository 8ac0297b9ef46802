"""Notifications: a channel is a place, a delivery one message to it with every attempt kept.

Decided and queued in the transaction of what they tell (`queue`), sent by the worker (`dispatch`).
"""
