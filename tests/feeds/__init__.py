"""Tests of feeds, the library that reads sources; none needs a server, a store or a network beyond loopback."""
