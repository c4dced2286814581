"""The desk's pages about the people who use it: their accounts, roles and mails."""
