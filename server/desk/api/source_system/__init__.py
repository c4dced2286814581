"""API operations for the province's source information system, on the blueprint of api.v1.

Importing this package registers them, too; server.desk.api.openapi registers the blueprint, ``pages``.
"""

from server.desk.api.source_system import bulletins, report_files, reports
from server.desk.api.v1 import pages

__all__ = ["bulletins", "pages", "report_files", "reports"]
