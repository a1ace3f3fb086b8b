//! The name that people call the program by; the rest of the world is told to the library as the adapter tells it.

pub(crate) use prometeu_studio_adapter::surroundings::{
    fresh_uuid, interruption, now, operation_id, quiet_panics, today,
};

/// The name that people call the program by.
pub(crate) fn program() -> String {
    let called = std::env::args_os().next().map(std::path::PathBuf::from);
    match called.as_deref().and_then(|path| path.file_stem()).and_then(|stem| stem.to_str()) {
        Some("xtask") | None => "cargo xtask".to_owned(),
        Some(name) => name.to_owned(),
    }
}
