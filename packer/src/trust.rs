//! Decides which files are looked at and how far. A file that was opened becomes [`Admitted`] here, or is
//! refused by a named rule; no byte of a project is interpreted before that.

mod admit;
mod limits;
mod refuse;

pub(crate) use admit::admit_bytes;
pub use admit::{Admitted, Stream, admit, admit_stream};
pub use limits::{Limit, Limits, Unit};
pub use refuse::{refusal, refuse_path};
