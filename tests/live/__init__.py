"""What moves by itself, tested in process with fakes handed in, and over real sockets against a real server."""
