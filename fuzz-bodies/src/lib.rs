//! What each fuzz target does with the bytes that it is given, and what must hold whatever they are. The targets in
//! `fuzz/` call it under libFuzzer; the tests of this crate replay corpora, seeds and mutations on any toolchain.
//! It knows no fuzzer.

mod project;
pub mod mutate;
mod bodies;
mod seeds;

pub use seeds::seeds;

/// One target.
#[derive(Clone, Copy)]
pub struct Target {
    /// What `cargo fuzz` and the folder of its corpus call it.
    pub name: &'static str,
    /// Takes any bytes and panics when something does not hold that must.
    pub body: fn(&[u8]),
}

/// Every target, in the order of the packer's stages; the adapter's last.
pub const TARGETS: &[Target] = &[
    Target { name: "names", body: bodies::names::body },
    Target { name: "json", body: bodies::json::body },
    Target { name: "envelope", body: bodies::envelope::body },
    Target { name: "declaration", body: bodies::declaration::body },
    Target { name: "registry", body: bodies::registry::body },
    Target { name: "journal", body: bodies::journal::body },
    Target { name: "suppressions", body: bodies::suppressions::body },
    Target { name: "palette", body: bodies::palette::body },
    Target { name: "png", body: bodies::png::body },
    Target { name: "wav", body: bodies::wav::body },
    Target { name: "archive", body: bodies::archive::body },
    Target { name: "frames", body: bodies::frames::body },
];

/// Runs the target of this name.
///
/// # Panics
/// When there is none, or when what must hold does not.
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target is in the table");
    (target.body)(data);
}
