"""Pub/Sub on this machine: topics, push subscriptions (wrapped or not) and pull subscriptions, for the official client.

API: https://cloud.google.com/pubsub/docs/reference/rpc/google.pubsub.v1. Delivery is at least once and, as without
message ordering in the cloud, in no promised order.
"""

from emulators.pubsub.emulator import PubSubEmulator

__all__ = ["PubSubEmulator"]
