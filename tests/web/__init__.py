"""How the boards look, checked in a real browser, and the pages that the server gives to browsers."""
