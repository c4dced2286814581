"""The paired screens: registry, receipts, the desk's wall."""
