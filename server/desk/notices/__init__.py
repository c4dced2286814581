"""Urgent notices at the desk: the form, the page of a notice with its progress, and the actions of its buttons."""
