//! Which tile size pictures were made for, told from their headers.

use crate::bank::png;
use crate::bank::source::Source;
use crate::bank::{Inputs, Role};
use crate::diagnostic::Diagnostic;
use crate::schema::declaration::TILE_SIZES;
use crate::trust::Limits;

/// The largest tile size that divides both sides of every sprite; where none does, the largest of those that fit most of
/// them, and 8 where none fits any. Sprites that cannot be read have no say and give a finding. The size has no influence on how many
/// pictures find room: smaller tiles have as many more slots as a picture has more of them.
pub(in crate::bank) fn fitting_tile_size(inputs: &dyn Inputs, limits: &Limits, findings: &mut Vec<Diagnostic>) -> i64 {
    let header =
        |index| Source::scan(inputs, Role::Sprites, index).and_then(|mut source| png::header(&mut source, limits));
    let mut headers: Vec<png::Header> = Vec::new();
    for index in 0..inputs.count(Role::Sprites) {
        match header(index) {
            Ok(header) => headers.push(header),
            Err(finding) => findings.push(finding),
        }
    }
    let fits = |size: i64, side: u32| i64::from(side) % size == 0;
    let fitted = |size: i64| headers.iter().filter(|h| fits(size, h.width) && fits(size, h.height)).count();
    let best = TILE_SIZES.into_iter().max_by_key(|&size| (fitted(size), size)).filter(|&size| fitted(size) > 0);
    best.unwrap_or(TILE_SIZES[0])
}
