//! Target `names`: fuzz-bodies/src/bodies/names.rs under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_bodies::run("names", data));
