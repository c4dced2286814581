"""Urgent notices at the desk: the form, the page that follows a notice, and what its buttons do."""
