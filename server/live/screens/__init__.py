"""The paired screens: their registry, their receipts (proof of what they showed), and the desk's live wall."""
