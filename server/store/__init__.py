"""All SQL of the program; its functions take and return frozen dataclasses.

A public function with a parameter ``db`` runs one transaction; one with ``conn`` runs in the caller's transaction.
"""
