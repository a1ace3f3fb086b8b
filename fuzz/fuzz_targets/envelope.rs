//! Target `envelope`: fuzz-bodies/src/bodies/envelope.rs under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_bodies::run("envelope", data));
