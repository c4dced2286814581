"""Who is notified of an urgent notice, and the mailer that sends messages."""
