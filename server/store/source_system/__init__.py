"""The gateway to the source information system in the store: bulletins, figures of reports, reports to send."""
