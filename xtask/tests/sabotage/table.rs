//! The sabotages: what somebody could do to the repository, in a hurry or by mistake, and the gate that must not let it.

/// Who runs the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// The program as it is: the gate reads files.
    Program,
    /// The same, but the gate builds or runs what it looks at, or needs a tool.
    ProgramAndTools,
    /// The program built from the sabotaged source: the gate drives it.
    Sabotaged,
}

/// One sabotage.
#[derive(Debug)]
pub(crate) struct Sabotage {
    pub(crate) name: &'static str,
    /// Must turn red.
    pub(crate) gate: &'static str,
    pub(crate) file: &'static str,
    /// What stands in the file, once or more; the first is replaced. Nothing: the rest is added at the end.
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    /// What the gate has to say of it.
    pub(crate) says: &'static str,
    pub(crate) by: By,
    /// For the gates that run tests: which of them are enough, as nextest filters them.
    pub(crate) tests: &'static str,
}

const fn read(
    name: &'static str,
    gate: &'static str,
    file: &'static str,
    (from, to): (&'static str, &'static str),
    says: &'static str,
) -> Sabotage {
    Sabotage { name, gate, file, from, to, says, by: By::Program, tests: "" }
}

const fn built(sabotage: Sabotage, by: By) -> Sabotage {
    Sabotage { by, ..sabotage }
}

const fn tested(sabotage: Sabotage, tests: &'static str) -> Sabotage {
    Sabotage { by: By::ProgramAndTools, tests, ..sabotage }
}

/// Every gate stands here at least once; the test `every gate is sabotaged` sees to it.
pub(crate) const TABLE: &[Sabotage] = &[
    // Found by reading.
    read("another layout", "fmt", "packer/src/lib.rs", ("", "fn  a( ) { }\n"), "packer/src/lib.rs"),
    read(
        "an upward import",
        "layers",
        "packer/src/path.rs",
        ("", "use crate::ops::Context;\n"),
        "`path` stands above `ops` and must not name it",
    ),
    read(
        "a gate that asks the library",
        "layers",
        "xtask/src/gate/fmt.rs",
        ("use xshell::cmd;", "use prometeu_packer::trust::Limits;\nuse xshell::cmd;"),
        "a gate looks from outside",
    ),
    read(
        "a clock in the library",
        "shape",
        "packer/src/plan.rs",
        ("", "fn now() -> std::time::Instant { std::time::Instant::now() }\n"),
        "`std::time::Instant",
    ),
    read(
        "a library type on the wire",
        "shape",
        "packer/src/report.rs",
        ("#[derive(", "#[derive(serde::Serialize, "),
        "`Serialize` in the library",
    ),
    read(
        "an old word outside the steps",
        "shape",
        "packer/src/bank.rs",
        ("", concat!("const OLD: &str = \"tile", "_bank\";\n")),
        "is a word of an old version",
    ),
    read(
        "a changed frozen step",
        "frozen",
        "packer/src/migrate/steps/asset_v3_glyph_bank.rs",
        ("(\"NONE\", \"NONE\")", "(\"NONE\", \"RAW\")"),
        "asset_v3_glyph_bank.rs: changed",
    ),
    read(
        "a changed frozen workspace",
        "frozen",
        "fixtures/frozen/asset-1-index-1/assets/.prometeu/index.json",
        ("\"schema_version\"", "\"schema_version\" "),
        "assets/.prometeu/index.json: changed",
    ),
    read(
        "a member dropped from a released schema",
        "frozen",
        "schemas/asset.v3.schema.json",
        ("\"preload\"", "\"preloaded\""),
        "asset.v3.schema.json: changed",
    ),
    read(
        "a schema that says what the code does not",
        "formats",
        "schemas/report.v1.schema.json",
        ("\"summary\"", "\"sentence\""),
        "report.v1.schema.json",
    ),
    read("a docs table of another day", "formats", "docs/codes.md", ("`trust/link`", "`trust/links`"), "docs/codes.md"),
    read(
        "a new version left half described",
        "formats",
        "CHANGELOG.md",
        ("", concat!("FILL", " IN: what changes\n")),
        "what changes",
    ),
    read(
        "a wire type that the page does not know",
        "protocol",
        "studio-adapter/src/wire/event.rs",
        ("pub seq: u64", "pub number: u64"),
        "the wire's types changed",
    ),
    read(
        "a method without a section",
        "protocol",
        "studio-adapter/PROTOCOL.md",
        ("### `packer/apply`", "### Apply"),
        "no section is about `packer/apply`",
    ),
    read(
        "a command that no test knows",
        "complete",
        "xtask/src/cli.rs",
        ("=> \"verify\"", "=> \"certify\""),
        "no test names the command `certify`",
    ),
    read(
        "an untried code",
        "complete",
        "packer/src/diagnostic/code.rs",
        ("\"trust/link\"", "\"trust/chain\""),
        "no test names the code `trust/chain`",
    ),
    read(
        "a format version that nobody tries",
        "complete",
        "packer/src/envelope/kind.rs",
        ("read(3, 1, 3)", "read(4, 1, 4)"),
        "no test names the format with its versions `asset.json 4 1 4`",
    ),
    read(
        "an action that its owner can change",
        "workflows",
        ".github/workflows/release.yml",
        ("@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2", "@v4"),
        "`actions/checkout@v4` is not pinned",
    ),
    read(
        "a job that the last one does not wait for",
        "workflows",
        ".github/workflows/ci.yml",
        ("trust, supply, oldest,", "trust, oldest,"),
        "does not wait for `supply`",
    ),
    // Found by building, running or asking a tool.
    built(
        read(
            "a job that waits for none",
            "actionlint",
            ".github/workflows/release.yml",
            ("needs: programs", "needs: program"),
            "actionlint -no-color",
        ),
        By::ProgramAndTools,
    ),
    built(
        read(
            "credentials left for every step",
            "zizmor",
            ".github/workflows/ci.yml",
            ("        with:\n          persist-credentials: false\n", ""),
            "artipacked",
        ),
        By::ProgramAndTools,
    ),
    built(
        read(
            "a dependency that nothing names",
            "unused",
            "studio-adapter/Cargo.toml",
            ("schemars.workspace = true", "schemars.workspace = true\nsha2.workspace = true"),
            "unused dependency `sha2`",
        ),
        By::ProgramAndTools,
    ),
    built(
        read(
            "a version that is too old for what is called",
            "minimal",
            "Cargo.toml",
            ("rustix = { version = \"1.1.3\"", "rustix = { version = \"1.1.0\""),
            "no method named `fd`",
        ),
        By::ProgramAndTools,
    ),
    built(
        read(
            "a licence that asks for ours",
            "deny",
            "Cargo.toml",
            ("license = \"MIT OR Apache-2.0\"", "license = \"GPL-3.0-only\""),
            "rejected",
        ),
        By::ProgramAndTools,
    ),
    built(
        read("dead code", "lint", "packer/src/plan.rs", ("", "fn unused() {}\n"), "function `unused` is never used"),
        By::ProgramAndTools,
    ),
    built(
        read(
            "a value that anybody can make",
            "doctest",
            "packer/src/trust/admit.rs",
            (
                "    path: String,\n    bytes: Vec<u8>,\n    limits",
                "    pub path: String,\n    pub bytes: Vec<u8>,\n    pub limits",
            ),
            "marked `compile_fail`",
        ),
        By::ProgramAndTools,
    ),
    built(
        read(
            "an API that the oldest compiler lacks",
            "lint",
            "packer/src/plan.rs",
            ("", "#[must_use]\npub fn less(count: u8) -> Option<u8> {\n    count.checked_sub_signed(1)\n}\n"),
            "clippy::incompatible_msrv",
        ),
        By::ProgramAndTools,
    ),
    built(
        read(
            "tests that were thrown away",
            "coverage",
            "packer/src/schema/archive.rs",
            ("mod tests;", "#[cfg(any())]\nmod tests;"),
            "the floor is",
        ),
        By::ProgramAndTools,
    ),
    tested(
        read(
            "a widened limit",
            "test",
            "packer/src/trust/limits.rs",
            ("\"json-depth\", 32", "\"json-depth\", 33"),
            "FAIL [",
        ),
        "package(xtask) & binary(formats)",
    ),
    tested(
        read(
            "a header out of its canonical order",
            "test",
            "packer/src/schema/archive/header.rs",
            (
                "{{\"asset_id\":{},\"slot\":{}}}\"#, entry.asset_id, entry.slot",
                "{{\"slot\":{},\"asset_id\":{}}}\"#, entry.slot, entry.asset_id",
            ),
            "FAIL [",
        ),
        "package(prometeu-packer) & test(archive)",
    ),
    tested(
        read(
            "a length said twice that nobody minds",
            "test-studio",
            "studio-adapter/src/wire/frame.rs",
            ("if length.replace(value).is_some()", "if length.replace(value) == Some(0)"),
            "FAIL [",
        ),
        "package(prometeu-studio-adapter) & binary(hostile)",
    ),
    built(
        read(
            "a dropped flush",
            "crash",
            "packer/src/emit/transaction.rs",
            ("    disk.flush(&staged, &[folder.path().clone()]).map_err(fail)?;\n", ""),
            "neither",
        ),
        By::ProgramAndTools,
    ),
    built(
        read(
            "a swallowed error",
            "crash",
            "packer/src/emit/transaction.rs",
            (
                "folder.write_journal(disk, &journal).map_err(fail)?;",
                "let _ = folder.write_journal(disk, &journal).map_err(fail);",
            ),
            "neither",
        ),
        By::ProgramAndTools,
    ),
    built(
        read(
            "an event too few",
            "studio",
            "studio-adapter/src/connection.rs",
            ("line.seq += 1;", "line.seq += 2;"),
            "conformance.mjs",
        ),
        By::ProgramAndTools,
    ),
    built(
        read(
            "a reader that panics",
            "fuzz",
            "packer/src/envelope/version.rs",
            (
                "pub(super) fn check(tree: &Tree, artifact: Artifact, windows: &Windows) -> Result<u16, Diagnostic> {",
                "pub(super) fn check(tree: &Tree, artifact: Artifact, windows: &Windows) -> Result<u16, Diagnostic> {\n    assert!(tree.text().len() < 100, \"too long for me\");",
            ),
            "panicked at",
        ),
        By::ProgramAndTools,
    ),
    built(
        read(
            "an asset that is not found by its id",
            "flow-read",
            "packer/src/ops/show.rs",
            (
                "Lookup::of(&workspace.assets).find(wanted).collect()",
                "Lookup::of(&workspace.assets).find(wanted).filter(|_| wanted.len() > 2).collect()",
            ),
            "`show",
        ),
        By::Sabotaged,
    ),
    built(
        read(
            "a blocking finding that blocks nothing",
            "flow-doctor",
            "packer/src/ops/doctor.rs",
            ("Report::new(\"doctor\"", "Report::inspection(\"doctor\""),
            "`doctor",
        ),
        By::Sabotaged,
    ),
    built(
        read(
            "a policy that lets no picture be shown",
            "report",
            "xtask/src/report_page.rs",
            ("img-src data:;", "img-src 'none';"),
            "is not shown",
        ),
        By::Sabotaged,
    ),
    built(
        read(
            "payloads a byte too far",
            "flow-build",
            "packer/src/plan/build.rs",
            ("(mut offset, mut slots) = (0,", "(mut offset, mut slots) = (1,"),
            "`build",
        ),
        By::Sabotaged,
    ),
    built(
        read(
            "an undoing in the wrong order",
            "flow-mutation",
            "packer/src/ops/mutate/undo.rs",
            ("journal.changes.iter().enumerate().rev()", "journal.changes.iter().enumerate().skip(1).rev()"),
            "undo",
        ),
        By::Sabotaged,
    ),
    built(
        read(
            "a rollback that leaves a file out",
            "flow-migration",
            "packer/src/ops/migrate/rollback.rs",
            ("in &journal.changes {", "in journal.changes.iter().skip(1) {"),
            "after the rollback",
        ),
        By::Sabotaged,
    ),
    built(
        read(
            "a migration that is told as any change",
            "flow-studio",
            "studio-adapter/src/methods/announce.rs",
            ("Some(Change::Migrate | Change::Rollback(_))", "Some(Change::Rollback(_))"),
            "the migration is told as",
        ),
        By::ProgramAndTools,
    ),
    built(
        read(
            "an archive that knows its process",
            "determinism",
            "packer/src/schema/provenance.rs",
            (
                "    sink.write_all(b\"{\\\"schema_version\\\":1,",
                "    let id = std::process::id();\n    sink.write_all(\" \".repeat(id as usize % 97).as_bytes())?;\n    sink.write_all(b\"{\\\"schema_version\\\":1,",
            ),
            "asset_table_metadata.json differs under",
        ),
        By::Sabotaged,
    ),
    built(
        read(
            "a list that costs more than it may",
            "instructions",
            ".config/gate.toml",
            ("list = ", "list = 1 # "),
            "thousand is the ceiling",
        ),
        By::ProgramAndTools,
    ),
    built(
        read(
            "a size that nobody looks at",
            "hostile",
            "packer/src/trust/admit.rs",
            ("if file.metadata.bytes <= most {", "if file.metadata.bytes <= most || most > 0 {"),
            "trust/too-large",
        ),
        By::Sabotaged,
    ),
    built(
        read(
            "a recovery that recovers nothing",
            "kill",
            "packer/src/emit/recover.rs",
            ("                undo(disk, folder, &journal)?;\n", ""),
            "neither",
        ),
        By::Sabotaged,
    ),
];
