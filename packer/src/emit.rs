//! Puts things on disk: staged, flushed, read back, and only then moved into place. The only stage that writes.

mod commit;
mod create;
mod folder;
mod pack;
mod pipeline;
mod previous;
mod publish;
mod recover;
mod refused;
mod remember;
mod sink;
mod staging;
mod transaction;
mod undo;

pub use create::create_file;
pub use folder::{Ending, TransactionFolder};
pub use pack::check_header;
pub use previous::is_in_place;
pub use publish::{Context, Published, Task, already_published, check_outputs, stage};
pub use recover::{folders_of_ids, is_anything_left, recover, transactions, unfinished};
pub use refused::writing;
pub(crate) use transaction::read_control_file;
pub use transaction::{ReadBack, Transaction, transact};
pub use undo::{Kept, keep_edited, plan_keeping};

#[cfg(test)]
mod tests;
