//! How Studio and every other program reads the packer's answers: the one JSON shape of reports, and a JSON-RPC server
//! that runs the same operations as the command line. It adds no rule of its own.
//!
//! | module | is |
//! |---|---|
//! | [`wire`] | what goes over the wire, as types |
//! | `to_wire`, `from_wire` | between those and the library's own |
//! | [`surroundings`] | time, chance and signals, as the library is told of them |
//! | `connection` | what is on its way to the client |
//! | `watch` | whether anything changed below `assets/` since it was looked at |
//! | `queue` | what the client asked for and has no answer yet |
//! | `session` | the project that was opened, and what is remembered of it |
//! | `methods` | one file for each group of methods |
//! | `dispatch` | from a message to a method and back |
//! | [`server`] | the threads, and how they end |

mod diff;
pub mod wire;
pub mod surroundings;
mod to_wire;
mod from_wire;
mod connection;
mod watch;
mod queue;
mod session;
mod methods;
mod dispatch;
pub mod server;

pub use diff::unified_diff;
pub use to_wire::{outcome, to_wire, unit};
