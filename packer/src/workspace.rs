//! The project as its control files describe it: registry, roots, declarations, and whether the declared inputs
//! are there. Read [`load`] second, after the file list. No payload is decoded here and nothing is written.

mod asset;
mod lookup;
mod nesting;
mod action;
mod batches;
mod control;
mod folder;
mod identity;
mod inputs;
mod load;
mod names;
mod remembered;
mod root;
mod unregistered;
mod ways;

pub use action::{Action, Actions, keeps_registry};
pub use asset::{Asset, Health, State};
pub(crate) use batches::in_batches;
pub use control::{ControlFile, Owner, Unread, declarations, registry_file};
pub use folder::Ask;
pub(crate) use inputs::limit_of;
pub use inputs::{check_inputs, check_sizes};
pub use load::{Options, Workspace, admit_registry, load, load_remembering, load_roots, read_registry, unsupported};
pub use lookup::Lookup;
pub use nesting::{Roots, needs};
pub use remembered::{Remembered, seen};
