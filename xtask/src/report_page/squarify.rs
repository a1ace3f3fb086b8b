//! Rectangles in proportion to weights, as near to squares as they come: the squarified treemap of M. Bruls, K. Huizing and
//! J. van Wijk, "Squarified Treemaps", Proceedings of the Joint Eurographics and IEEE TCVG Symposium on Visualization, 2000.

/// A rectangle: left, top, width, height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) w: f64,
    pub(super) h: f64,
}

impl Area {
    /// The same, smaller by `by` on each side, but never less than nothing.
    pub(super) fn within(self, by: f64) -> Area {
        let less = |side: f64| (side - 2.0 * by).max(0.0);
        Area { x: self.x + by, y: self.y + by, w: less(self.w), h: less(self.h) }
    }
}

/// One rectangle for each weight, filling `room`. Weights come largest first; one that is not above 0 counts as very little.
pub(super) fn squarified(weights: &[f64], room: Area) -> Vec<Area> {
    let weights: Vec<f64> = weights.iter().map(|weight| weight.max(f64::MIN_POSITIVE)).collect();
    let scale = room.w * room.h / weights.iter().sum::<f64>();
    let mut left = room;
    let mut areas = Vec::with_capacity(weights.len());
    let mut start = 0;
    while start < weights.len() {
        let side = left.w.min(left.h);
        let (mut end, mut sum) = (start + 1, weights[start] * scale);
        // A row grows for as long as its worst rectangle gets no worse.
        while end < weights.len() {
            let more = sum + weights[end] * scale;
            let before = worst(weights[start] * scale, weights[end - 1] * scale, sum, side);
            if worst(weights[start] * scale, weights[end] * scale, more, side) > before {
                break;
            }
            (end, sum) = (end + 1, more);
        }
        let row: Vec<f64> = weights[start..end].iter().map(|weight| weight * scale).collect();
        left = lay(&row, sum, left, &mut areas);
        start = end;
    }
    areas
}

/// The worst ratio of sides in a row along `side` of which these are the largest, the smallest and the sum of the areas.
fn worst(largest: f64, smallest: f64, sum: f64, side: f64) -> f64 {
    let (side, sum) = (side * side, sum * sum);
    (side * largest / sum).max(sum / (side * smallest))
}

/// Lays a row along the shorter side of `room` and gives what is left of it.
fn lay(row: &[f64], sum: f64, room: Area, areas: &mut Vec<Area>) -> Area {
    let is_upright = room.h <= room.w;
    let side = if is_upright { room.h } else { room.w };
    let depth = if side > 0.0 { (sum / side).min(if is_upright { room.w } else { room.h }) } else { 0.0 };
    let mut at = 0.0;
    for area in row {
        let length = if depth > 0.0 { (area / depth).min((side - at).max(0.0)) } else { 0.0 };
        areas.push(match is_upright {
            true => Area { x: room.x, y: room.y + at, w: depth, h: length },
            false => Area { x: room.x + at, y: room.y, w: length, h: depth },
        });
        at += length;
    }
    match is_upright {
        true => Area { x: room.x + depth, w: room.w - depth, ..room },
        false => Area { y: room.y + depth, h: room.h - depth, ..room },
    }
}

#[cfg(test)]
mod tests {
    use super::{Area, squarified};

    const ROOM: Area = Area { x: 0.0, y: 0.0, w: 6.0, h: 4.0 };

    #[test]
    fn the_example_of_the_paper_comes_out_as_in_the_paper() {
        let areas = squarified(&[6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0], ROOM);
        let shown: Vec<String> = areas.iter().map(|a| format!("{:.2} {:.2} {:.2} {:.2}", a.x, a.y, a.w, a.h)).collect();
        let first = ["0.00 0.00 3.00 2.00", "0.00 2.00 3.00 2.00", "3.00 0.00 1.71 2.33", "4.71 0.00 1.29 2.33"];
        assert_eq!(shown[..4], first);
        assert_eq!(areas.len(), 7);
    }

    #[test]
    fn areas_are_in_proportion_and_inside() {
        let weights: Vec<f64> = (1..=500).rev().map(f64::from).collect();
        let areas = squarified(&weights, ROOM);
        let whole: f64 = weights.iter().sum();
        for (area, weight) in areas.iter().zip(&weights) {
            assert!((area.w * area.h / 24.0 - weight / whole).abs() < 1e-9, "{area:?}");
            assert!(area.x >= 0.0 && area.y >= 0.0 && area.x + area.w < 6.000_001 && area.y + area.h < 4.000_001);
        }
    }

    #[test]
    fn weights_of_nothing_and_rooms_of_nothing_are_no_trouble() {
        let areas = squarified(&[5.0, 0.0, 0.0], ROOM);
        assert!((areas[0].w * areas[0].h - 24.0).abs() < 1e-6 && areas.iter().all(|area| area.w.is_finite()));
        assert!(squarified(&[1.0], Area { w: 0.0, ..ROOM }).iter().all(|area| area.w == 0.0 && area.h.is_finite()));
        assert_eq!(squarified(&[], ROOM), []);
    }
}
