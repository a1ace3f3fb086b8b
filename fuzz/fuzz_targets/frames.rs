//! Target `frames`: fuzz-bodies/src/bodies/frames.rs under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_bodies::run("frames", data));
