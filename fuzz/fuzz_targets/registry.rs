//! Target `registry`: fuzz-bodies/src/bodies/registry.rs under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_bodies::run("registry", data));
