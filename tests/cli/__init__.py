"""The command line as a keeper types it, in processes of its own."""
