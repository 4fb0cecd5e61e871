"""Measures baton beside the least possible cost and beside other tools, on a private fleet on this machine."""
