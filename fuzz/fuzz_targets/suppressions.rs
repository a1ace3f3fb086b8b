//! Target `suppressions`: fuzz-bodies/src/bodies/suppressions.rs under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_bodies::run("suppressions", data));
