//! Target `palette`: fuzz-bodies/src/bodies/palette.rs under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_bodies::run("palette", data));
