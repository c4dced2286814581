"""The worker's part of the gateway to the source information system: dropped bulletins, and reports to send."""
