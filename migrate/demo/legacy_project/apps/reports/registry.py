"""Which task makes which report.  The names are those of the celery registry."""

REPORT_TASKS = {
    "site": "generate_site_report",
    "tickets": "export_ticket_csv",
    "attendance": "export_attendance_csv",
    "tour": "build_tour_report",
    "energy": "background_tasks.report_tasks.build_energy_report",
    "health": "background_tasks.tasks.site_health_score",
    "assets": "Asset register (.csv)",
}

REPORT_TITLES = {
    "site": "Site report",
    "tickets": "Ticket list",
    "attendance": "Attendance sheet",
    "tour": "Tour report",
    "energy": "Energy report",
    "health": "Site health",
    "assets": "Asset register (.csv)",
}
