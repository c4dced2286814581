"""API operations for the province's source information system; registered by server.desk.api.openapi."""

from server.desk.api.source_system import bulletins, report_files, reports

__all__ = ["bulletins", "report_files", "reports"]
