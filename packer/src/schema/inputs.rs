//! Which files an asset is made from: for each role a list of paths, in the declared order.

/// What an input is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// PNG pictures of a glyph bank.
    Sprites,
    /// Palette files of a glyph bank.
    Palettes,
    /// WAV files of a sound bank.
    Sources,
    /// The finished payload, in place of everything else.
    Payload,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 4] = [Role::Sprites, Role::Palettes, Role::Sources, Role::Payload];

    /// The member's name under `inputs`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Role::Sprites => "sprites",
            Role::Palettes => "palettes",
            Role::Sources => "sources",
            Role::Payload => "payload",
        }
    }
}

/// The declared inputs. All paths lie in one text, so that a hundred thousand assets fit in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    text: Box<str>,
    /// Role, first and last byte of the path in `text`.
    rows: Box<[(Role, u32, u32)]>,
}

impl Inputs {
    /// Collects inputs in the declared order.
    #[must_use]
    pub fn new<'p>(declared: impl IntoIterator<Item = (Role, &'p str), IntoIter: Clone>) -> Inputs {
        let declared = declared.into_iter();
        let (count, bytes) = declared.clone().fold((0, 0), |(count, bytes), (_, path)| (count + 1, bytes + path.len()));
        Inputs::sized(declared, count, bytes)
    }

    /// The same of about `count` inputs, whose paths have about so many bytes together.
    pub(super) fn sized<'p>(declared: impl Iterator<Item = (Role, &'p str)>, count: usize, bytes: usize) -> Inputs {
        let (mut text, mut rows) = (String::with_capacity(bytes), Vec::with_capacity(count));
        for (role, path) in declared {
            let start = text.len() as u32;
            text.push_str(path);
            rows.push((role, start, text.len() as u32));
        }
        Inputs { text: text.into(), rows: rows.into() }
    }

    /// Every input, relative to the root.
    pub fn iter(&self) -> impl Iterator<Item = (Role, &str)> {
        self.rows.iter().map(|&(role, start, end)| (role, &self.text[start as usize..end as usize]))
    }

    /// How many there are.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a declaration without inputs is not complete, and nobody asks")]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether all lie in the root itself, and in no folder below it.
    #[must_use]
    pub fn are_flat(&self) -> bool {
        !self.text.contains('/')
    }

    /// The inputs of one role.
    pub fn of(&self, role: Role) -> impl Iterator<Item = &str> {
        self.iter().filter(move |row| row.0 == role).map(|row| row.1)
    }

    /// Input `index` of one role, and its place among all.
    #[must_use]
    pub fn nth(&self, role: Role, index: usize) -> Option<(usize, &str)> {
        let at = self.rows.iter().enumerate().filter(|(_, row)| row.0 == role).nth(index)?.0;
        let (_, start, end) = self.rows[at];
        Some((at, &self.text[start as usize..end as usize]))
    }

    /// How many there are of one role.
    #[must_use]
    pub fn count(&self, role: Role) -> usize {
        self.rows.iter().filter(|row| row.0 == role).count()
    }
}
