//! The one JSON shape of reports.
