//! Puts things on disk: staged, flushed, read back, and only then moved into place. The only stage that writes.

mod create;
mod folder;
mod pipeline;
mod publish;
mod recover;
mod staging;
mod transaction;
mod undo;

pub use create::create_file;
pub use folder::{Ending, TransactionFolder};
pub(crate) use publish::writing;
pub use publish::{Context, Published, check_header, check_outputs, publish};
pub use recover::{recover, transactions, unfinished};
pub(crate) use transaction::read_control_file;
pub use transaction::{ReadBack, Replacement, Transaction, transact};
pub use undo::keep_edited;
