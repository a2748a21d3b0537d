"""Killing the way in and the evaluation at named points, again and again, and counting what is left."""
