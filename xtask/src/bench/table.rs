//! The figures of one project: as an aligned table for people and as a value for programs.

use super::floor::Floor;
use super::measure::{Measured, Past, Subject};
use super::process::Usage;
use super::statistics::{median, milliseconds, ratios};
use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};
use std::io::{self, Write};

const MIB: f64 = 1024.0 * 1024.0;
const HEADINGS: [&str; 10] =
    ["", "median ms", "cpu ms", "peak MiB", "goal", "against", "ratio", "spread", "goal", "verdict"];
/// The columns of words; all others hold numbers and stand right.
const WORDS: [usize; 3] = [0, 5, 9];

/// The most memory that a command may hold, in bytes, by the number of assets.
fn peak_bytes_max(assets: usize) -> u64 {
    let mebibytes = match assets {
        0..=1_000 => 48,
        1_001..=10_000 => 64,
        _ => 128,
    };
    mebibytes * 1024 * 1024
}

fn wall_ms(runs: &[Usage]) -> f64 {
    median(runs.iter().map(|run| milliseconds(run.wall)))
}

fn cpu_ms(runs: &[Usage]) -> f64 {
    median(runs.iter().map(|run| milliseconds(run.cpu)))
}

/// The highest of all rounds: memory that was needed once is needed.
fn peak_bytes(runs: &[Usage]) -> u64 {
    runs.iter().map(|run| run.peak_bytes).max().unwrap_or(0)
}

fn runs_of(measured: &Measured, floor: Floor) -> &[Usage] {
    let found = measured.floors.iter().find(|(candidate, _)| *candidate == floor);
    found.map_or(&[], |(_, runs)| runs)
}

/// The figures as a value: times in milliseconds, memory in bytes, `null` where no goal is set.
pub(super) fn to_json(measured: &Measured) -> Value {
    let floors = measured.floors.iter().map(|(floor, runs)| {
        json!({
            "floor": floor.name(), "median_ms": wall_ms(runs), "cpu_ms": cpu_ms(runs), "peak_bytes": peak_bytes(runs),
        })
    });
    let commands = measured.commands.iter().map(|(subject, runs)| {
        let pairs = ratios(runs, runs_of(measured, subject.floor));
        let (ratio, peak, peak_max) = (median(pairs.clone()), peak_bytes(runs), peak_bytes_max(measured.assets));
        json!({
            "command": name_of(subject), "median_ms": wall_ms(runs), "cpu_ms": cpu_ms(runs),
            "peak_bytes": peak, "peak_bytes_goal": peak_max, "peak_met": peak <= peak_max,
            "floor": subject.floor.name(), "ratios": pairs, "ratio": ratio, "ratio_goal": subject.ratio_max,
            "ratio_met": subject.ratio_max.map(|most| ratio <= most),
        })
    });
    let peers = measured.peers.iter().map(|(name, runs)| {
        json!({
            "peer": name, "median_ms": wall_ms(runs), "cpu_ms": cpu_ms(runs), "peak_bytes": peak_bytes(runs),
        })
    });
    json!({
        "project": measured.project, "assets": measured.assets, "inputs": measured.inputs,
        "input_bytes": measured.input_bytes, "rounds": measured.cat.len(),
        "cat_ms": median(measured.cat.iter().copied().map(milliseconds)),
        "peers": peers.collect::<Vec<_>>(), "floors": floors.collect::<Vec<_>>(), "commands": commands.collect::<Vec<_>>(),
    })
}

/// A command as the table calls it.
fn name_of(subject: &Subject) -> String {
    let words = subject.words.join(" ");
    match subject.past {
        Past::Forgotten => words,
        Past::Remembered => format!("{words}, cached"),
        Past::OneChanged => format!("{words}, one changed"),
    }
}

type Cell = (String, Style);

/// Writes the table.
///
/// # Errors
/// When `out` cannot be written.
pub(super) fn write(out: &mut dyn Write, measured: &Measured) -> io::Result<()> {
    let bold = Style::new().bold();
    let mebibytes = measured.input_bytes as f64 / MIB;
    let rounds = measured.cat.len();
    writeln!(
        out,
        "{bold}{}{bold:#}: {} assets, {} inputs, {mebibytes:.1} MiB; medians of {rounds} rounds",
        measured.project, measured.assets, measured.inputs
    )?;
    let mut rows = vec![HEADINGS.map(|name| (name.to_owned(), Style::new().dimmed())).to_vec()];
    rows.extend(commands(measured));
    rows.extend(floors(measured));
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|(text, _)| text.chars().count()).max();
    let widths: Vec<usize> = (0..HEADINGS.len()).map(|at| width(at).unwrap_or(0)).collect();
    for row in &rows {
        for (at, (text, style)) in row.iter().enumerate() {
            let pad = " ".repeat(widths[at] - text.chars().count());
            match WORDS.contains(&at) {
                true if at + 1 == row.len() => write!(out, "  {style}{text}{style:#}")?,
                true => write!(out, "  {style}{text}{style:#}{pad}")?,
                false => write!(out, "  {pad}{style}{text}{style:#}")?,
            }
        }
        writeln!(out)?;
    }
    writeln!(out)
}

fn commands(measured: &Measured) -> impl Iterator<Item = Vec<Cell>> {
    let peak_max = peak_bytes_max(measured.assets);
    measured.commands.iter().map(move |(subject, runs)| {
        let pairs = ratios(runs, runs_of(measured, subject.floor));
        let ratio = median(pairs.iter().copied());
        let least = pairs.iter().copied().fold(f64::INFINITY, f64::min);
        let most = pairs.iter().copied().fold(0.0, f64::max);
        let peak = peak_bytes(runs);
        let missed = [
            (peak > peak_max).then_some("memory"),
            subject.ratio_max.is_some_and(|goal| ratio > goal).then_some("time"),
        ];
        let missed: Vec<&str> = missed.into_iter().flatten().collect();
        let verdict = if missed.is_empty() {
            ("met".to_owned(), AnsiColor::Green.on_default())
        } else {
            (format!("missed: {}", missed.join(", ")), AnsiColor::Yellow.on_default())
        };
        let goal = subject.ratio_max.map_or("-".to_owned(), |goal| format!("≤ {goal:.1}"));
        let mut row = figures(&name_of(subject), wall_ms(runs), Some((cpu_ms(runs), peak)));
        row.extend([
            plain(format!("≤ {}", peak_max / (1024 * 1024))),
            plain(subject.floor.name().to_owned()),
            (format!("{ratio:.2}"), Style::new().bold()),
            plain(format!("{least:.2}-{most:.2}")),
            plain(goal),
            verdict,
        ]);
        row
    })
}

fn floors(measured: &Measured) -> impl Iterator<Item = Vec<Cell>> {
    let cat = figures("floor cat", median(measured.cat.iter().copied().map(milliseconds)), None);
    let floors = measured.floors.iter().map(|(floor, runs)| {
        figures(&format!("floor {}", floor.name()), wall_ms(runs), Some((cpu_ms(runs), peak_bytes(runs))))
    });
    let peers = measured
        .peers
        .iter()
        .map(|(name, runs)| figures(&format!("peer {name}"), wall_ms(runs), Some((cpu_ms(runs), peak_bytes(runs)))));
    std::iter::once(cat).chain(floors).chain(peers)
}

/// The first cells of a row: four, or two of what was no process.
fn figures(name: &str, wall_ms: f64, rest: Option<(f64, u64)>) -> Vec<Cell> {
    let mut row = vec![plain(name.to_owned()), plain(format!("{wall_ms:.1}"))];
    if let Some((cpu_ms, peak_bytes)) = rest {
        row.extend([plain(format!("{cpu_ms:.1}")), plain(format!("{:.1}", peak_bytes as f64 / MIB))]);
    }
    row
}

fn plain(text: String) -> Cell {
    (text, Style::new())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says where it failed by panicking")]

    use super::*;
    use std::time::Duration;

    const LIST: Subject =
        Subject { words: &["list"], past: Past::Forgotten, exit: 0, floor: Floor::WalkAndParse, ratio_max: Some(1.3) };

    fn measured(command_ms: u64, peak_bytes: u64) -> Measured {
        let run = |ms| Usage { wall: Duration::from_millis(ms), cpu: Duration::from_millis(ms), peak_bytes };
        Measured {
            project: "game".into(),
            assets: 1_000,
            inputs: 2_000,
            input_bytes: 1 << 20,
            cat: vec![Duration::from_millis(5); 3],
            peers: vec![("tar", vec![run(7); 3])],
            floors: vec![(Floor::WalkAndParse, vec![run(10); 3])],
            commands: vec![(&LIST, vec![run(command_ms); 3])],
        }
    }

    #[test]
    fn a_goal_is_met_up_to_its_figure_and_missed_beyond_it() {
        let verdict = |ms, peak| {
            let command = to_json(&measured(ms, peak))["commands"][0].clone();
            (command["ratio_met"].as_bool().unwrap(), command["peak_met"].as_bool().unwrap())
        };
        assert_eq!(verdict(13, 48 << 20), (true, true));
        assert_eq!(verdict(14, (48 << 20) + 1), (false, false));
    }

    #[test]
    fn columns_are_aligned_and_no_line_ends_in_blanks() {
        let mut out = anstream::StripStream::new(Vec::new());
        write(&mut out, &measured(14, 1 << 20)).unwrap();
        let text = String::from_utf8(out.into_inner()).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(
            lines,
            [
                "game: 1000 assets, 2000 inputs, 1.0 MiB; medians of 3 rounds",
                "                        median ms  cpu ms  peak MiB  goal  against         ratio     spread   goal  verdict",
                "  list                       14.0    14.0       1.0  ≤ 48  walk-and-parse   1.40  1.40-1.40  ≤ 1.3  missed: time",
                "  floor cat                   5.0",
                "  floor walk-and-parse       10.0    10.0       1.0",
                "  peer tar                    7.0     7.0       1.0",
            ],
        );
    }
}
