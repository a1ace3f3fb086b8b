//! Target `png`: fuzz-bodies/src/bodies/png.rs under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_bodies::run("png", data));
