//! Target `json`: fuzz-bodies/src/bodies/json.rs under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_bodies::run("json", data));
