//! `build`: its four outputs are all the old ones, none included, or all the new ones.

use crate::commands;
use crate::project::{self, INPUT};
use crate::scenario::{Scenario, Start};

pub(super) const AGAIN: Scenario = Scenario {
    name: "build",
    about: "the four outputs of a build replace those of an older one",
    starts: || {
        let built = project::old();
        let _ = commands::build(&built);
        vec![Start::of(project::edited(&built, INPUT, Some(project::sound(96))), commands::build)]
    },
    act: commands::build,
    ..Scenario::TRANSACTION
};

pub(super) const FIRST: Scenario = Scenario {
    name: "first-build",
    about: "the four outputs of a build appear where there were none, with their folder",
    starts: || vec![Start::of(project::old(), commands::build)],
    act: commands::build,
    ..Scenario::TRANSACTION
};
