//! The order in which found files are listed: as people count, so that `walk2.png` stands before `walk10.png`. It is the
//! order of tile and sample ids, and the same on every system.

/// A piece of a path. Pieces of other kinds stand in this order.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    /// Ends a component: all of a folder stands together.
    Slash,
    /// Digits without leading zeros, as their count and themselves, so that they compare as a number of any length.
    Number(usize, String),
    /// Any other character, in lower case.
    Character(char),
}

/// Sorts paths: folder by folder, numbers by their value, letters without regard to case, and what is still equal by its
/// bytes.
pub(super) fn sort(paths: &mut [String]) {
    paths.sort_by_cached_key(|path| (pieces(path), path.clone()));
}

fn pieces(path: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = path;
    while let Some(first) = rest.chars().next() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            let number = rest[..digits].trim_start_matches('0');
            pieces.push(Piece::Number(number.len(), number.to_owned()));
            rest = &rest[digits..];
        } else if first == '/' {
            pieces.push(Piece::Slash);
            rest = &rest[1..];
        } else {
            pieces.extend(first.to_lowercase().map(Piece::Character));
            rest = &rest[first.len_utf8()..];
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    #[test]
    fn files_stand_as_people_count() {
        let wanted = [
            "a/z.png",
            "a b.png",
            "B.png",
            "b.png",
            "walk1.png",
            "walk01.png",
            "walk2.png",
            "Walk10.png",
            "walk10b.png",
            "walk99999999999999999999999.png",
        ];
        let mut found: Vec<String> = wanted.iter().rev().map(|path| (*path).to_owned()).collect();
        super::sort(&mut found);
        // `walk01` and `walk1` are one number; the bytes decide.
        assert_eq!(found[4..6], ["walk01.png", "walk1.png"]);
        found.swap(4, 5);
        assert_eq!(found, wanted);
    }
}
