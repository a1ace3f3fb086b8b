//! What many rounds say together.

use super::process::Usage;
use std::time::Duration;

/// The middle value, or the mean of the two middle ones; 0 of nothing.
pub(super) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let upper = values.len() / 2;
    match values.len() {
        0 => 0.0,
        length if length.is_multiple_of(2) => f64::midpoint(values[upper - 1], values[upper]),
        _ => values[upper],
    }
}

/// Milliseconds, with fractions.
pub(super) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// How many times longer each round of one thing took than the same round of another: what slows the machine down
/// for a while slows both.
pub(super) fn ratios(of: &[Usage], against: &[Usage]) -> Vec<f64> {
    of.iter().zip(against).map(|(of, against)| of.wall.as_secs_f64() / against.wall.as_secs_f64()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_not_moved_by_one_bad_round() {
        assert!((median([3.0, 900.0, 1.0]) - 3.0).abs() < 1e-9);
        assert!((median([4.0, 1.0, 2.0, 9.0]) - 3.0).abs() < 1e-9);
    }

    #[test]
    fn ratios_pair_the_rounds() {
        let runs = |walls: [u64; 3]| walls.map(|ms| Usage { wall: Duration::from_millis(ms), ..Usage::default() });
        let slow_machine_in_round_two = ratios(&runs([20, 80, 20]), &runs([10, 40, 10]));
        assert!(slow_machine_in_round_two.iter().all(|ratio| (ratio - 2.0).abs() < 1e-9));
    }
}
