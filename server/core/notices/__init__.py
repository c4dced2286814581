"""Rules of notices: prepared texts, who may send one, which boards show it in which order, its delivery."""
