"""Who is told of what, and the mailer that tells them."""
