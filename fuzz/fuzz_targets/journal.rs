//! Target `journal`: fuzz-bodies/src/bodies/journal.rs under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_bodies::run("journal", data));
