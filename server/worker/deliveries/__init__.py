"""Sends to browsers and programs outside what they asked for; its jobs are made by processes.worker."""
