"""Readings from an MQTT broker that a city already has."""
