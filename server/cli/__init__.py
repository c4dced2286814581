"""The keeper's commands, one module a group; server.main puts them together."""
