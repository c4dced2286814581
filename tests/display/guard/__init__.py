"""The program beside the browser."""
