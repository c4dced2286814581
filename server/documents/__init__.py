"""Takes electronic official documents (edXML), which become drafts of postings; called by desk and processes.

    bytes -> feeds.formats.edxml -> secrecy -> files (checked in a child) -> draft -> store.documents

The ways in are the API (desk.api), a watched folder (worker.document_folder) and mail (worker); all end in
intake.DocumentIntake.take_document.
"""
