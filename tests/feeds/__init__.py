"""Tests of the reading half; nothing here needs a server, a store or the network beyond loopback."""
