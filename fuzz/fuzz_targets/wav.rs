//! Target `wav`: fuzz-bodies/src/bodies/wav.rs under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_bodies::run("wav", data));
