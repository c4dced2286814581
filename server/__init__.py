"""All code of Bảng Tin that runs on the server: the rules, the store, the processes and their pages.

run.py starts it.
"""
