"""Boxes that are attacked on purpose, before strangers' code runs in one."""
