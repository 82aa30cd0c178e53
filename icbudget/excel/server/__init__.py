"""The server host: xlwings Server behind our own check.

It serves Excel on Mac, on the web and where nothing may be installed.
"""
