//! Target `archive`: fuzz-bodies/src/bodies/archive.rs under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_bodies::run("archive", data));
