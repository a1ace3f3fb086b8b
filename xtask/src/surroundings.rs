//! What the library must be told about the world: the program's name, the time, chance, signals.

use prometeu_packer::schema::suppressions::Date;
use signal_hook::consts::{SIGINT, SIGTERM};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The name that people call the program by.
pub(crate) fn program() -> String {
    let called = std::env::args_os().next().map(std::path::PathBuf::from);
    match called.as_deref().and_then(|path| path.file_stem()).and_then(|stem| stem.to_str()) {
        Some("xtask") | None => "cargo xtask".to_owned(),
        Some(name) => name.to_owned(),
    }
}

/// UTC time to the millisecond and eight random hexadecimal digits: unique, and sorted by time.
pub(crate) fn operation_id() -> String {
    let mut random = [0; 4];
    // Without a source of chance the time still tells operations apart.
    let _ = getrandom::fill(&mut random);
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S%.3fZ");
    format!("{now}-{:08x}", u32::from_be_bytes(random))
}

/// The time, RFC 3339 in UTC, to the second.
pub(crate) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The day in UTC, so that a suppression ends for everybody at once.
pub(crate) fn today() -> Date {
    let day = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    Date::parse(&day).expect("the clock shows a day of the calendar")
}

/// A random uuid, version 4 of RFC 9562, in its text form.
pub(crate) fn fresh_uuid() -> String {
    let mut random = [0; 16];
    getrandom::fill(&mut random)
        .expect("an identity must be random, and every supported system has a source of chance");
    uuid::Builder::from_random_bytes(random).into_uuid().to_string()
}

/// A flag that Ctrl-C and a polite kill raise; the second Ctrl-C ends the program at once.
pub(crate) fn interruption() -> Arc<AtomicBool> {
    let raised = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // Where a handler cannot be set, the signal ends the program as it always does.
        let _ = signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&raised));
        let _ = signal_hook::flag::register(signal, Arc::clone(&raised));
    }
    raised
}

/// A contained fault is reported as a finding, an uncontained one by its exit code; neither prints a trace unless asked.
pub(crate) fn quiet_panics() {
    if std::env::var_os("RUST_BACKTRACE").is_none_or(|value| value != "full") {
        std::panic::set_hook(Box::new(|_| {}));
    }
}
