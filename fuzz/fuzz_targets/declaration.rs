//! Target `declaration`: fuzz-bodies/src/bodies/declaration.rs under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_bodies::run("declaration", data));
