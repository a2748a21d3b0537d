"""Chengmai 城脉: from a pipe's sensor to a published account, as one chain."""

__version__ = "0.1.0"
