"""Socket.IO: handles what screens and the desk's pages send, and sends messages to them."""
