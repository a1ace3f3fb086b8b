//! A chart of all measured projects: median times over the number of assets, both on logarithmic scales, as SVG.

use serde_json::Value;
use std::fmt::Write as _;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 480.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 250.0;
const TOP: f64 = 20.0;
const BOTTOM: f64 = 50.0;
/// Told apart without colour vision too: the order of Okabe and Ito.
const COLOURS: [&str; 8] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999"];

/// One line of the chart: what it shows, and its points, each a number of assets and milliseconds.
struct Line {
    name: String,
    is_floor: bool,
    points: Vec<(f64, f64)>,
}

/// The chart of what a run of `bench` gave; `None` when nothing was measured.
pub(super) fn svg(measured: &Value) -> Option<String> {
    let lines = lines(measured);
    let points = || lines.iter().flat_map(|line| &line.points);
    let (left, right) = decades(points().map(|point| point.0))?;
    let (bottom, top) = decades(points().map(|point| point.1))?;
    let x = |assets: f64| LEFT + (assets.log10() - left) / (right - left) * (WIDTH - LEFT - RIGHT);
    let y = |ms: f64| HEIGHT - BOTTOM - (ms.log10() - bottom) / (top - bottom) * (HEIGHT - TOP - BOTTOM);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    );
    let mut grid = |from: (f64, f64), to: (f64, f64), label: (f64, f64, &str), text: String| {
        let _ = writeln!(
            svg,
            "<path d=\"M{:.1} {:.1}L{:.1} {:.1}\" stroke=\"#dddddd\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{}\">{text}</text>",
            from.0, from.1, to.0, to.1, label.0, label.1, label.2
        );
    };
    for decade in left as i32..=right as i32 {
        let at = x(10_f64.powi(decade));
        let label = (at, HEIGHT - BOTTOM + 18.0, "middle");
        grid((at, TOP), (at, HEIGHT - BOTTOM), label, format!("{} assets", 10_f64.powi(decade)));
    }
    for decade in bottom as i32..=top as i32 {
        let at = y(10_f64.powi(decade));
        let label = (LEFT - 8.0, at + 4.0, "end");
        grid((LEFT, at), (WIDTH - RIGHT, at), label, format!("{} ms", 10_f64.powi(decade)));
    }
    for (at, line) in lines.iter().enumerate() {
        let colour = COLOURS[at % COLOURS.len()];
        let dashes = if line.is_floor { " stroke-dasharray=\"5 4\"" } else { "" };
        let path: Vec<String> =
            line.points.iter().map(|point| format!("{:.1} {:.1}", x(point.0), y(point.1))).collect();
        let _ = writeln!(
            svg,
            "<path d=\"M{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dashes}/>",
            path.join("L")
        );
        for point in &line.points {
            let _ =
                writeln!(svg, "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{colour}\"/>", x(point.0), y(point.1));
        }
        let (middle, key) = (TOP + 10.0 + 18.0 * at as f64, WIDTH - RIGHT + 16.0);
        let _ = writeln!(
            svg,
            "<path d=\"M{key:.1} {middle:.1}h24\" stroke=\"{colour}\" stroke-width=\"2\"{dashes}/><text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            key + 32.0,
            middle + 4.0,
            line.name
        );
    }
    svg += "</svg>\n";
    Some(svg)
}

/// The whole decades around some values, as powers of ten.
fn decades(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let logs: Vec<f64> = values.map(f64::log10).collect();
    let least = logs.iter().copied().reduce(f64::min)?.floor();
    let most = logs.iter().copied().reduce(f64::max)?.ceil();
    Some((least, most.max(least + 1.0)))
}

/// Commands and floors by name, each with a point for every project that it was measured on.
fn lines(measured: &Value) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for project in measured["projects"].as_array().into_iter().flatten() {
        for (list, key, is_floor) in [("commands", "command", false), ("floors", "floor", true)] {
            for row in project[list].as_array().into_iter().flatten() {
                let (Some(name), Some(ms)) = (row[key].as_str(), row["median_ms"].as_f64()) else { continue };
                let Some(assets) = project["assets"].as_f64().filter(|&assets| assets > 0.0 && ms > 0.0) else {
                    continue;
                };
                let name = if is_floor { format!("floor {name}") } else { name.to_owned() };
                match lines.iter_mut().find(|line| line.name == name) {
                    Some(line) => line.points.push((assets, ms)),
                    None => lines.push(Line { name, is_floor, points: vec![(assets, ms)] }),
                }
            }
        }
    }
    for line in &mut lines {
        line.points.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    lines
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says where it failed by panicking")]

    use super::*;
    use serde_json::json;

    #[test]
    fn each_command_and_floor_is_a_line_through_its_projects() {
        let project = |assets: u32, ms: f64| {
            json!({
                "assets": assets,
                "commands": [{"command": "list", "median_ms": ms}, {"command": "build", "median_ms": 10.0 * ms}],
                "floors": [{"floor": "walk", "median_ms": ms / 2.0}],
            })
        };
        let svg = svg(&json!({"projects": [project(10_000, 90.0), project(1_000, 10.0)]})).unwrap();
        let drawn = roxmltree::Document::parse(&svg).unwrap();
        let count = |name: &str| drawn.descendants().filter(|node| node.has_tag_name(name)).count();
        assert_eq!(count("circle"), 6);
        for name in ["list", "build", "floor walk", "1000 assets", "10000 assets", "10 ms"] {
            assert!(drawn.descendants().any(|node| node.text() == Some(name)), "{name}");
        }
    }

    #[test]
    fn nothing_measured_is_no_chart() {
        assert_eq!(svg(&json!({"projects": []})), None);
    }
}
