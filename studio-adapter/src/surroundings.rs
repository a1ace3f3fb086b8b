//! What the library must be told about the world, for every program that calls it: the time, chance, signals.

use prometeu_packer::schema::suppressions::Date;
use signal_hook::consts::{SIGINT, SIGTERM};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// UTC time to the millisecond and eight random hexadecimal digits: unique, and sorted by time.
#[must_use]
pub fn operation_id() -> String {
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S%.3fZ");
    format!("{now}-{}", random_digits())
}

/// Eight random hexadecimal digits.
#[must_use]
pub fn random_digits() -> String {
    let mut random = [0; 4];
    // Without a source of chance the time still tells operations apart.
    let _ = getrandom::fill(&mut random);
    format!("{:08x}", u32::from_be_bytes(random))
}

/// The time, RFC 3339 in UTC, to the second.
#[must_use]
pub fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The time, RFC 3339 in UTC, to the millisecond.
#[must_use]
pub fn now_to_the_millisecond() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// A moment that a file system gave, in nanoseconds since 1970, RFC 3339 in UTC to the second; `None` outside the calendar.
#[must_use]
pub fn moment(nanoseconds: i128) -> Option<String> {
    let moment = jiff::Timestamp::from_nanosecond(nanoseconds).ok()?;
    Some(moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// The day in UTC, so that a suppression ends for everybody at once.
#[must_use]
pub fn today() -> Date {
    let day = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    Date::parse(&day).expect("the clock shows a day of the calendar")
}

/// A random uuid, version 4 of RFC 9562, in its text form.
#[must_use]
pub fn fresh_uuid() -> String {
    let mut random = [0; 16];
    getrandom::fill(&mut random)
        .expect("an identity must be random, and every supported system has a source of chance");
    uuid::Builder::from_random_bytes(random).into_uuid().to_string()
}

/// A flag that Ctrl-C and a polite kill raise; the second Ctrl-C ends the program at once.
#[must_use]
pub fn interruption() -> Arc<AtomicBool> {
    let raised = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // Where a handler cannot be set, the signal ends the program as it always does.
        let _ = signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&raised));
        let _ = signal_hook::flag::register(signal, Arc::clone(&raised));
    }
    raised
}

/// A contained fault is reported as a finding, an uncontained one by its exit code; neither prints a trace unless asked.
pub fn quiet_panics() {
    if std::env::var_os("RUST_BACKTRACE").is_none_or(|value| value != "full") {
        std::panic::set_hook(Box::new(|_| {}));
    }
}

/// The process that started this one, as far as the system tells; another one once that has ended.
#[must_use]
pub fn parent() -> Option<u32> {
    #[cfg(unix)]
    return Some(std::os::unix::process::parent_id());
    #[cfg(not(unix))]
    return None;
}
