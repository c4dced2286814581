"""Urgent and priority notices at the desk."""
