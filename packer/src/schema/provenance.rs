//! `build/asset_table_metadata.json`, version 1: for tools, where each payload came from. One asset a line, so that it can
//! be written while payloads are made.
