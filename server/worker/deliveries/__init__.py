"""What is sent to other servers: the worker's deliveries, each with a job of its own."""
