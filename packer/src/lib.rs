//! Turns the `assets/` folder of a game project into one deterministic archive, `assets.pa`.
//!
//! The order of the modules below is the path of the data, the order to read them in, and the rule for imports: a module
//! names only modules that stand above it. Bytes come in at `disk`, become more trustworthy stage by stage, and leave
//! as an archive or a report. The library has no console, clock, environment or working directory; what it has to know
//! of the world is handed in by its callers, through [`ops::Context`].
//!
//! | module | gives |
//! |---|---|
//! | [`escape`], [`path`], [`digest`], [`span`], [`diagnostic`], [`event`] | the words that all stages share |
//! | [`disk`] | an open file, nothing read |
//! | [`trust`] | its bytes, within limits |
//! | [`envelope`] | a strict JSON object of a supported version |
//! | [`migrate`] | the same, brought to the current version in memory |
//! | [`schema`] | what its members mean |
//! | [`workspace`] | registry, roots and inputs of a project |
//! | [`bank`] | the bytes of a payload |
//! | [`doctor`] | what is wrong, and the text of every code |
//! | [`plan`] | what is about to be done |
//! | [`emit`] | what was done |
//! | [`report`] | the answer |
//! | [`ops`] | one sequence of stages a command |

pub mod escape;
pub mod path;
pub mod digest;
pub mod span;
pub mod diagnostic;
pub mod event;
pub mod disk;
pub mod trust;
pub mod envelope;
pub mod migrate;
pub mod schema;
pub mod workspace;
pub mod bank;
pub mod doctor;
pub mod plan;
pub mod emit;
pub mod report;
pub mod ops;
